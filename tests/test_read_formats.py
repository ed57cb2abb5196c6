"""Every source as its own documentation has it: a file by hand in, the paper's fields out; what is damaged is
named, and the rest is read. `docs/formats.md` has the field names in words."""

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from build import load_fake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractor.cli import FORMAT_NAMES, app
from extractor.read import Problem, ReadError, read_sources, stream_sources
from extractor.read.formats import NAMES
from extractor.read.rows import SHAPES
from extractor.read.streams import LONGEST_OBJECT, LONGEST_RECORD
from extractor.records import Paper


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a file of this name and content; names are relative, as a user would give them."""
    monkeypatch.chdir(tmp_path)

    def read(name: str, content: bytes | str | list | dict, **options):
        if isinstance(content, list | dict):
            content = json.dumps(content)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_sources([name], **options)

    return read


def facts(paper: Paper) -> dict:
    """The fields that are filled, but for the places."""
    told = paper.model_dump(exclude={"places"}, exclude_defaults=True)
    return told | ({"authors": list(paper.authors)} if paper.authors else {})


# Sources, one by one

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>ArXiv Query</title><id>http://arxiv.org/api/x</id>
  <entry>
    <id>http://arxiv.org/abs/2103.00020v1</id>
    <updated>2022-01-01T00:00:00Z</updated><published>2021-02-26T19:04:58Z</published>
    <title>A title that is
  wrapped &amp; long</title>
    <summary>  The abstract,
wrapped too.
</summary>
    <author><name>A. B</name><arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">X</arxiv:affiliation></author>
    <author><name>C. D</name></author>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1/x</arxiv:doi>
    <arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. 1 (2021)</arxiv:journal_ref>
    <link href="http://arxiv.org/abs/2103.00020v1" rel="alternate"/>
  </entry>
</feed>"""

OAI = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:arXiv.org:0704.0001</identifier></header><metadata>{}</metadata></record>
<record><header status="deleted"><identifier>oai:arXiv.org:0704.0002</identifier></header></record>
</ListRecords></OAI-PMH>"""
OAI_ARXIV = OAI.format(
    """<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>0704.0001</id><created>2007-04-02</created>
<authors><author><keyname>B</keyname><forenames>A.</forenames><suffix>Jr</suffix></author></authors>
<title>T</title><journal-ref>J</journal-ref><doi>10.1/x</doi><abstract> A. </abstract></arXiv>"""
)
OAI_RAW = OAI.format(
    """<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>0704.0001</id>
<version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date></version>
<version version="v2"><date>Tue, 24 Jul 2007 20:10:27 GMT</date></version>
<title>T</title><authors>A. B and C. D</authors><abstract>A.</abstract></arXivRaw>"""
)
OAI_DC = OAI.format(
    """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title><dc:creator>B, A.</dc:creator>
<dc:description>A.</dc:description><dc:description>Comment: 9 pages</dc:description>
<dc:date>2007-04-02</dc:date><dc:date>2008-01-01</dc:date>
<dc:identifier>http://arxiv.org/abs/0704.0001</dc:identifier><dc:identifier>doi:10.1/x</dc:identifier></oai_dc:dc>"""
)

SNAPSHOT = {
    "id": "0704.0001",
    "authors": "A. B, C. D",
    "title": "T\n  wrapped",
    "comments": "9 pages",
    "journal-ref": "J",
    "doi": "10.1/x 10.1/y",
    "categories": "hep-ph",
    "abstract": "  A,\nwrapped.\n",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
    "update_date": "2008-11-26",
    "authors_parsed": [["B", "A.", ""], ["D", "C.", "Jr"]],
}

OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1/x",
    "title": "T",
    "display_name": "T",
    "publication_year": 2020,
    "publication_date": "2020-06-01",
    "primary_location": {"landing_page_url": "https://x.org/1", "source": {"display_name": "V"}},
    "authorships": [{"author": {"id": "https://openalex.org/A1", "display_name": "A B"}}],
    "abstract_inverted_index": {"is": [1, 4], "It": [0], "what": [2], "it": [3], "now.": [5]},
}

SCHOLAR = {
    "paperId": "abc",
    "externalIds": {"ArXiv": "2103.00020", "DOI": "10.1/x", "CorpusId": 5},
    "url": "https://www.semanticscholar.org/paper/abc",
    "title": "T",
    "abstract": "A.",
    "venue": "V",
    "year": 2021,
    "publicationDate": "2021-02-26",
    "authors": [{"authorId": "1", "name": "A B"}],
    "tldr": {"model": "tldr@v2.0.0", "text": "Machine."},
}
S2ORC_TEXT = "\nT of it\nA B\nFirst part.\nSecond part.\nBody"
S2ORC_NOTES = {
    "title": '[{"start": 1, "end": 8}]',
    "abstract": '[{"start":13,"end":24},{"start":25,"end":37}]',
}

V2 = {
    "id": "n1",
    "forum": "n1",
    "cdate": 1601308220000,
    "pdate": 1610460000000,
    "content": {
        "title": {"value": "T"},
        "abstract": {"value": "A."},
        "authors": {"value": ["A B"]},
        "venue": {"value": "V"},
        "TL;DR": {"value": "Short."},
    },
}
V1 = {
    "id": "n2",
    "forum": "n2",
    "replyto": None,
    "cdate": 1569438948000,
    "content": {"title": "T1", "abstract": "A1."},
}
REPLY = {"id": "r1", "forum": "n1", "replyto": "n1", "content": {"title": "Review", "review": "Fine."}}

DAILY = {
    "paper": {
        "id": "2305.14314",
        "title": "T",
        "summary": "A,\nwrapped.",
        "publishedAt": "2023-05-23T17:50:33.000Z",
        "submittedOnDailyAt": "2023-05-24T00:00:00.000Z",
        "authors": [{"_id": "1", "name": "A B", "hidden": False}],
        "ai_summary": "Machine.",
        "upvotes": 3,
    },
    "title": "T",
    "summary": "Outer.",
    "publishedAt": "2023-05-23T13:50:33.000Z",
}

CSL = {
    "id": "key2019",
    "type": "article-journal",
    "title": "T",
    "abstract": "A.",
    "container-title": "V",
    "author": [{"family": "B", "given": "A"}, {"literal": "The Team"}],
    "issued": {"date-parts": [[2019, 6, 3]]},
    "URL": "https://x.org/1",
    "DOI": "10.1/x",
}

COPILOT = {
    "title": "T",
    "author": "A B;C D",
    "abstract": "A.",
    "site": "https://openreview.net/forum?id=x",
    "id": "x",
    "status": "Poster",
    "track": "main",
    "tldr": "Machine.",
}

ZOTERO = (
    '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url",'
    '"Abstract Note","Date"\n'
    '"K1","journalArticle","2019","B, A; D, C","T","V","10.1/x",'
    '"https://x.org/1","A,\nin two lines.","2019-06-03"\n'
)
SCOPUS = """"Authors","Author full names","Title","Year","Source title","DOI","Link","Abstract","EID"
"B A.; D C.","B, A (12345); D, C (67890)","T","2019","V","10.1/x","https://x.org/1","A.","2-s2.0-1"
"""
OLD_SCOPUS = """Authors,Title,Year,Source title,Abstract,EID
"B A., D C.-E.",T,2019,V,[No abstract available],2-s2.0-1
"""

PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">1</PMID>
<DateRevised><Year>2024</Year><Month>01</Month><Day>01</Day></DateRevised>
<Article><Journal><JournalIssue><PubDate><Year>2020</Year><Month>Feb</Month><Day>15</Day></PubDate></JournalIssue>
<Title>V</Title><ISOAbbreviation>V.</ISOAbbreviation></Journal>
<ArticleTitle>T of <i>E. coli</i>.</ArticleTitle><ELocationID EIdType="pii">x</ELocationID>
<ELocationID EIdType="doi">10.1/x</ELocationID>
<Abstract><AbstractText Label="METHODS">In H<sub>2</sub>O, 10<sup>3</sup> cells, R<sup>2</sup>.</AbstractText>
<AbstractText Label="RESULTS" NlmCategory="RESULTS">It <b>works</b>.</AbstractText></Abstract>
<AuthorList CompleteYN="Y"><Author><LastName>B</LastName><ForeName>A</ForeName></Author>
<Author><CollectiveName>The Group</CollectiveName></Author></AuthorList></Article></MedlineCitation>
</PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>2</PMID><Book><BookTitle>Book</BookTitle>
<PubDate><Year>1999</Year></PubDate></Book><ArticleTitle>Chapter</ArticleTitle><Abstract><AbstractText>A.</AbstractText></Abstract></BookDocument>
</PubmedBookArticle></PubmedArticleSet>"""

ACL = """<collection id="2020.acl"><volume id="main" type="proceedings"><meta><booktitle>V</booktitle>
<month>July</month><year>2020</year></meta><frontmatter><url>2020.acl-main.0</url></frontmatter>
<paper id="1"><title><fixed-case>BERT</fixed-case> and <tex-math>x^2</tex-math></title>
<author><first>A</first><last>B</last></author><author><first/><last>Mononym</last></author>
<abstract>It is <b>good</b> (<url>https://x.org</url>).</abstract><url hash="0">2020.acl-main.1</url>
<doi>10.18653/v1/2020.acl-main.1</doi><bibkey>b-2020</bibkey></paper></volume></collection>"""

BIB = r"""Anything may stand between entries.
@string{acl = "Proc. of ACL"}
@comment{not this}
@inproceedings{devlin-etal-2019,
    title = "{BERT}: {\'E}tude of $x^2$",
    author = "B{\"u}ch, A.  and
      van der D, C.",
    booktitle = acl # " 2019",
    month = jun, year = "2019",
    url = "https://aclanthology.org/N19-1/", doi = "10.1/x",
    abstract = "It reaches 80.5{\%}
        of it."
}
@misc{p, title={P}, author={Doe, Jane and others}, date={2021-02-26/2021-03-01},
 eprint={2103.00020}, archivePrefix={arXiv}}
"""

RIS = """TY  - JOUR
ID  - r1
T1  - T
AU  - B, A.
AU  - D, C.
PY  - 2019
DA  - 2019/06/03/
JO  - V
AB  - A,
continued.
UR  - https://x.org/1
DO  - https://doi.org/10.1/x
ER  - 
"""
NBIB = """
PMID- 1
OWN - NLM
DP  - 2020 Feb 15
TI  - T that is
      wrapped.
LID - S0001 [pii]
LID - 10.1/x [doi]
AB  - METHODS: It counts
      cells. RESULTS: It works.
FAU - B, Anna C
AU  - B AC
CN  - The Group
TA  - V.
JT  - V

PMID- 2
DP  - 1998 Dec-1999 Jan
TI  - U.
AU  - van der D CE Jr
AU  - et al
TA  - V.
AID - 10.1/y [doi]
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU B, A
   D, C
AF B, Anna
   D, Carl
TI T that is
   wrapped
SO V
AB A.
PD JUN 3
PY 2019
DI 10.1/x
UT WOS:1
ER

EF
"""

MARKDOWN = """---
authors: [A B]
date: 2022-12-06
---
# T

## Abstract

A *good* one.

### Still in it

## Method

Not this.
"""

FULL = {"id": "", "title": "T", "abstract": "A.", "venue": "V", "url": "https://x.org/1", "doi": "10.1/x"}

SOURCES = {
    "arXiv Atom": (
        "a.xml",
        ATOM,
        [
            {
                "id": "2103.00020",
                "title": "A title that is\n  wrapped & long",
                "abstract": "The abstract,\nwrapped too.",
                "date": "2021-02-26",
                "authors": ["A. B", "C. D"],
                "author_count": 2,
                "venue": "J. 1 (2021)",
                "url": "http://arxiv.org/abs/2103.00020v1",
                "doi": "10.1/x",
            }
        ],
    ),
    "arXiv OAI-PMH, arXiv": (
        "a.xml",
        OAI_ARXIV,
        [
            {
                "id": "0704.0001",
                "title": "T",
                "abstract": "A.",
                "date": "2007-04-02",
                "authors": ["A. B Jr"],
                "author_count": 1,
                "venue": "J",
                "url": "https://arxiv.org/abs/0704.0001",
                "doi": "10.1/x",
            }
        ],
    ),
    "arXiv OAI-PMH, arXivRaw": (
        "a.xml",
        OAI_RAW,
        [
            {
                "id": "0704.0001",
                "title": "T",
                "abstract": "A.",
                "date": "2007-04-02",
                "authors": ["A. B", "C. D"],
                "url": "https://arxiv.org/abs/0704.0001",
            }
        ],
    ),
    "arXiv OAI-PMH, Dublin Core": (
        "a.xml",
        OAI_DC,
        [
            {
                "id": "0704.0001",
                "title": "T",
                "abstract": "A.",
                "date": "2007-04-02",
                "authors": ["A. B"],
                "author_count": 1,
                "url": "http://arxiv.org/abs/0704.0001",
                "doi": "10.1/x",
            }
        ],
    ),
    "arXiv snapshot": (
        "arxiv-metadata-oai-snapshot.json",
        json.dumps(SNAPSHOT) + "\n" + json.dumps(SNAPSHOT | {"id": "2", "title": "U", "versions": []}),
        [
            {
                "id": "0704.0001",
                "title": "T\n  wrapped",
                "abstract": "  A,\nwrapped.\n",
                "date": "2007-04-02",
                "authors": ["A. B", "C. D Jr"],
                "author_count": 2,
                "venue": "J",
                "url": "https://arxiv.org/abs/0704.0001",
                "doi": "10.1/x",
            },
            {
                "id": "2",
                "title": "U",
                "abstract": "  A,\nwrapped.\n",
                "date": "2008-11-26",
                "authors": ["A. B", "C. D Jr"],
                "author_count": 2,
                "venue": "J",
                "url": "https://arxiv.org/abs/2",
                "doi": "10.1/x",
            },
        ],
    ),
    "OpenAlex": (
        "works.json",
        json.dumps({"meta": {"count": 1}, "results": [OPENALEX]}),
        [
            FULL
            | {
                "id": "W1",
                "abstract": "It is what it is now.",
                "date": "2020-06-01",
                "authors": ["A B"],
                "author_count": 1,
            }
        ],
    ),
    "OpenAlex snapshot, no abstract, many authors": (
        "part_000",
        json.dumps(
            OPENALEX
            | {"abstract_inverted_index": None, "authorships": OPENALEX["authorships"] * 100, "doi": None}
        ),
        [
            {
                "id": "W1",
                "title": "T",
                "date": "2020-06-01",
                "authors": ["A B"] * 100,
                "venue": "V",
                "url": "https://x.org/1",
            }
        ],
    ),
    "Semantic Scholar API": (
        "s2.json",
        json.dumps({"total": 1, "offset": 0, "data": [SCHOLAR]}),
        [
            FULL
            | {
                "id": "abc",
                "date": "2021-02-26",
                "authors": ["A B"],
                "author_count": 1,
                "url": "https://www.semanticscholar.org/paper/abc",
            }
        ],
    ),
    "Semantic Scholar bulk abstracts": (
        "abstracts.jsonl",
        '{"corpusid": 5, "openaccessinfo": {}, "abstract": "A."}',
        [{"id": "5", "abstract": "A.", "url": "https://api.semanticscholar.org/CorpusID:5"}],
    ),
    "S2ORC bulk": (
        "s2orc.jsonl",
        json.dumps(
            {
                "corpusid": 5,
                "externalids": {"doi": "10.1/x"},
                "content": {"text": S2ORC_TEXT, "annotations": S2ORC_NOTES},
            }
        ),
        [
            {
                "id": "5",
                "title": "T of it",
                "abstract": "First part.\nSecond part.",
                "url": "https://api.semanticscholar.org/CorpusID:5",
                "doi": "10.1/x",
            }
        ],
    ),
    "S2ORC of 2019": (
        "s2orc.jsonl",
        '{"id": "h", "title": "T", "paperAbstract": "A.", "s2Url": "https://x.org/1", "year": 2019, '
        '"authors": [{"name": "A B", "ids": ["1"]}], "journalName": "V", "doi": "10.1/x"}',
        [
            {
                "id": "h",
                "title": "T",
                "abstract": "A.",
                "date": "2019",
                "authors": ["A B"],
                "author_count": 1,
                "url": "https://x.org/1",
                "doi": "10.1/x",
            }
        ],
    ),
    "S2ORC doc2json": (
        "s2orc.jsonl",
        '{"paper_id": "h", "title": "T", "abstract": "", '
        '"authors": [{"first": "A", "middle": ["M."], "last": "B", "suffix": ""}], '
        '"year": "2019", "pdf_parse": {"abstract": [{"text": "A."}, {"text": "B."}]}}',
        [
            {
                "id": "h",
                "title": "T",
                "abstract": "A.\nB.",
                "date": "2019",
                "authors": ["A M. B"],
                "author_count": 1,
            }
        ],
    ),
    "OpenReview": (
        "notes.json",
        json.dumps({"notes": [V2, REPLY, V1, REPLY], "count": 4}),
        [
            {
                "id": "n1",
                "title": "T",
                "abstract": "A.",
                "date": "2021-01-12",
                "authors": ["A B"],
                "author_count": 1,
                "venue": "V",
                "url": "https://openreview.net/forum?id=n1",
            },
            {
                "id": "n2",
                "title": "T1",
                "abstract": "A1.",
                "date": "2019-09-25",
                "url": "https://openreview.net/forum?id=n2",
            },
        ],
    ),
    "Hugging Face daily papers": (
        "daily.json",
        json.dumps([DAILY]),
        [
            {
                "id": "2305.14314",
                "title": "T",
                "abstract": "A,\nwrapped.",
                "date": "2023-05-23",
                "authors": ["A B"],
                "author_count": 1,
                "url": "https://huggingface.co/papers/2305.14314",
            }
        ],
    ),
    "Paper Copilot": (
        "iclr2024.json",
        json.dumps([COPILOT]),
        [
            {
                "id": "x",
                "title": "T",
                "abstract": "A.",
                "date": "2024",
                "authors": ["A B", "C D"],
                "author_count": 2,
                "venue": "ICLR 2024",
                "url": "https://openreview.net/forum?id=x",
            }
        ],
    ),
    "CSL-JSON": (
        "library.json",
        json.dumps([CSL], indent=2),
        [FULL | {"id": "key2019", "date": "2019-06-03", "authors": ["A B", "The Team"], "author_count": 2}],
    ),
    "Crossref": (
        "crossref.json",
        json.dumps({"message": {"items": [CSL | {"id": None, "title": ["T"], "container-title": ["V"]}]}}),
        [FULL | {"id": "10.1/x", "date": "2019-06-03", "authors": ["A B", "The Team"], "author_count": 2}],
    ),
    "Zotero": (
        "zotero.csv",
        ZOTERO,
        [
            FULL
            | {
                "id": "K1",
                "abstract": "A,\nin two lines.",
                "date": "2019-06-03",
                "authors": ["A B", "C D"],
                "author_count": 2,
            }
        ],
    ),
    "Scopus": (
        "scopus.csv",
        SCOPUS,
        [FULL | {"id": "2-s2.0-1", "date": "2019", "authors": ["A B", "C D"], "author_count": 2}],
    ),
    "Scopus, older": (
        "scopus.csv",
        OLD_SCOPUS,
        [
            {
                "id": "2-s2.0-1",
                "title": "T",
                "date": "2019",
                "authors": ["B A.", "D C.-E."],
                "author_count": 2,
                "venue": "V",
            }
        ],
    ),
    "PubMed": (
        "pubmed.xml",
        PUBMED,
        [
            {
                "id": "1",
                "title": "T of E. coli.",
                "abstract": "METHODS: In H2O, 10^3 cells, R2.\nRESULTS: It works.",
                "date": "2020-02-15",
                "authors": ["A B", "The Group"],
                "author_count": 2,
                "venue": "V",
                "url": "https://pubmed.ncbi.nlm.nih.gov/1/",
                "doi": "10.1/x",
            },
            {
                "id": "2",
                "title": "Chapter",
                "abstract": "A.",
                "date": "1999",
                "venue": "Book",
                "url": "https://pubmed.ncbi.nlm.nih.gov/2/",
            },
        ],
    ),
    "ACL Anthology XML": (
        "2020.acl.xml",
        ACL,
        [
            {
                "id": "2020.acl-main.1",
                "title": "BERT and $x^2$",
                "abstract": "It is good (https://x.org).",
                "date": "2020-07",
                "authors": ["A B", "Mononym"],
                "author_count": 2,
                "venue": "V",
                "url": "https://aclanthology.org/2020.acl-main.1/",
                "doi": "10.18653/v1/2020.acl-main.1",
            }
        ],
    ),
    "BibTeX": (
        "library.bib",
        BIB,
        [
            {
                "id": "devlin-etal-2019",
                "title": "BERT: Étude of $x^2$",
                "abstract": "It reaches 80.5\\% of it.",
                "date": "2019-06",
                "authors": ["A. Büch", "C. van der D"],
                "author_count": 2,
                "venue": "Proc. of ACL 2019",
                "url": "https://aclanthology.org/N19-1/",
                "doi": "10.1/x",
            },
            {
                "id": "p",
                "title": "P",
                "date": "2021-02-26",
                "authors": ["Jane Doe"],
                "url": "https://arxiv.org/abs/2103.00020",
            },
        ],
    ),
    "RIS": (
        "library.ris",
        RIS,
        [
            FULL
            | {
                "id": "r1",
                "abstract": "A, continued.",
                "date": "2019-06-03",
                "authors": ["A. B", "C. D"],
                "author_count": 2,
            }
        ],
    ),
    "PubMed, tagged": (
        "pubmed.nbib",
        NBIB,
        [
            {
                "id": "1",
                "title": "T that is wrapped.",
                "abstract": "METHODS: It counts cells. RESULTS: It works.",
                "date": "2020-02-15",
                "authors": ["Anna C B", "The Group"],
                "author_count": 2,
                "venue": "V",
                "url": "https://pubmed.ncbi.nlm.nih.gov/1/",
                "doi": "10.1/x",
            },
            {
                "id": "2",
                "title": "U.",
                "date": "1998-12",
                "authors": ["CE van der D Jr"],
                "venue": "V.",
                "url": "https://pubmed.ncbi.nlm.nih.gov/2/",
                "doi": "10.1/y",
            },
        ],
    ),
    "Web of Science": (
        "savedrecs.txt",
        WOS,
        [
            {
                "id": "WOS:1",
                "title": "T that is wrapped",
                "abstract": "A.",
                "date": "2019-06-03",
                "authors": ["Anna B", "Carl D"],
                "author_count": 2,
                "venue": "V",
                "doi": "10.1/x",
            }
        ],
    ),
    "Markdown": (
        "paper.md",
        MARKDOWN,
        [
            {
                "id": "",
                "title": "T",
                "abstract": "A *good* one.\n\n### Still in it",
                "date": "2022-12-06",
                "authors": ["A B"],
            }
        ],
    ),
    "Markdown without any heading for the abstract": (
        "paper.md",
        "T\n=\n\nA.\n\n```\n# no heading\n```\n",
        [{"id": "", "title": "T", "abstract": "A.\n\n```\n# no heading\n```"}],
    ),
    "Markdown list": (
        "list.md",
        "# To read\n\n## [T](https://x.org/1)\n\nA.\n\n## [U](https://x.org/2)\n\nB.\n",
        [
            {"id": "", "title": "T", "abstract": "A.", "url": "https://x.org/1"},
            {"id": "", "title": "U", "abstract": "B.", "url": "https://x.org/2"},
        ],
    ),
}


@pytest.mark.parametrize(("name", "content", "expected"), SOURCES.values(), ids=SOURCES)
def test_sources(read, name, content, expected):
    found = [facts(paper) for paper in read(name, content).papers]
    for paper, wanted in zip(found, expected, strict=True):
        assert paper.pop("id") == wanted["id"] or wanted["id"] == ""
        assert paper == {field: value for field, value in wanted.items() if field != "id"}


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("a.bib", BIB, [4, 14]),
        ("a.xml", PUBMED, [4, 15]),
        ("a.ris", RIS + "\n\n" + RIS.replace("T\n", "U\n"), [1, 16]),
        ("a.nbib", NBIB, [2, 17]),
        ("a.csv", ZOTERO, [2]),
    ],
    ids=["BibTeX", "PubMed", "RIS", "PubMed, tagged", "Zotero"],
)
def test_lines_lead_back(read, name, content, lines):
    assert [paper.places[0].line for paper in read(name, content).papers] == lines


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([OPENALEX], "It is what it is now."),
        ([SCHOLAR], "A."),
        ([V2], "A."),
        ([{"title": "T", "abstract": "A."}], "A."),
    ],
    ids=["OpenAlex", "Semantic Scholar", "OpenReview", "plain"],
)
@pytest.mark.parametrize("form", ["jsonl", "json", "pretty", "parquet", "feather", "arrow stream"])
def test_a_source_is_known_in_every_kind_of_file(tmp_path, rows, expected, form):
    file = tmp_path / "papers.data"
    table = pa.Table.from_pylist([json.loads(json.dumps(row)) for row in rows])
    if form == "parquet":
        pq.write_table(table, file)
    elif form == "feather":
        with pa.OSFile(str(file), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    elif form == "arrow stream":
        with pa.OSFile(str(file), "wb") as out, pa.ipc.new_stream(out, table.schema) as writer:
            writer.write_table(table)
    else:
        content = {"jsonl": json.dumps(rows[0]), "json": json.dumps(rows)}
        content["pretty"] = json.dumps(rows[0], indent=1)
        file.write_text(content[form], encoding="utf-8")
    if form in ("parquet", "feather", "arrow stream") and rows == [OPENALEX]:
        expected = None  # a table has a column for every word: nobody keeps an inverted index like this
    reading = read_sources([file])
    assert reading.problems == []
    assert [paper.title for paper in reading.papers] == ["T"]
    assert expected is None or reading.papers[0].abstract == expected


def test_samples_hold_every_format():
    reading = read_sources([Path(__file__).parents[1] / "samples" / "formats"])
    assert (reading.entries, len(reading.files), reading.skipped) == (37, 25, 0)
    assert [problem.message.split(" (")[0] for problem in reading.problems] == [
        "left out: 1 deleted records",
        "left out: 1 replies",
    ]
    assert all(paper.title and not paper.id.startswith("http") for paper in reading.papers)


# Detection, and what overrides it


@pytest.mark.parametrize("name", ["papers.txt", "papers", "papers.csv.txt", "papers.dat"])
@pytest.mark.parametrize(
    "content",
    [ATOM, PUBMED, ACL, BIB.partition("\n")[2], RIS, NBIB, WOS, json.dumps([CSL]), json.dumps(OPENALEX)],
    ids=["Atom", "PubMed", "ACL", "BibTeX", "RIS", "nbib", "Web of Science", "JSON", "OpenAlex"],
)
def test_content_goes_before_a_misleading_name(read, name, content):
    reading = read(name, content)
    assert [paper.title[:1] for paper in reading.papers][:1] in (["T"], ["A"], ["B"])
    assert all(paper.id for paper in reading.papers) and reading.skipped == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"title": "T"}'),
        ("a.json", '{"title": "T"}\n{"title": "U"}\n'),  # lines, whatever the suffix
        ("a.json", '{\n "title": "T"\n}\n{\n "title": "U"\n}\n'),  # documents one after the other
        ("a.jsonl", '[{"title": "T"}]'),
        ("a.jsonl", '{"results": [{"title": "T"}]}\n{"results": [{"title": "U"}]}\n'),  # an answer a line
        ("a.json", '\ufeff[\r\n{"title": "T"}\r\n]'),
        ("a.json", '[{"title": "T"}]'.encode("utf-16")),
        ("a.json", json.dumps({"filler": "x" * 100_000, "title": "T"})),
    ],
    ids=str,
)
def test_shapes_of_json(read, name, content):
    reading = read(name, content)
    assert [paper.title for paper in reading.papers] in (["T"], ["T", "U"])
    assert reading.problems == []


def test_a_format_can_be_told(read):
    bib = "% nothing but comments, for long\n" * 3000 + "@misc{k, title={T}}\n"
    assert [paper.title for paper in read("a.txt", bib, form="bibtex").papers] == ["T"]
    row = {"Title": "T", "Author full names": "B, A (7)", "title": "other"}
    assert read("a.jsonl", row).papers[0].authors == ()
    assert read("a.jsonl", row, form="scopus").papers[0].authors == ("A B",)
    assert read("page.txt", "One\n\nIt is 2x faster.", form="page").papers[0].title == "One"
    with pytest.raises(ReadError, match=r"no format 'pdf'; formats are jsonl, json, .*, scopus"):
        read("a.txt", "x", form="pdf")


def test_help_names_every_format():
    named = FORMAT_NAMES.replace("or for records in JSON, tables, Parquet or Arrow: ", "")
    assert sorted(named.replace(";", ",").split(", ")) == sorted(NAMES)
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)


NESTED = '{"content": {"heading": {"value": "T"}, "text": "A."}, "who": [{"n": "A B"}, {"n": "C D"}]}'


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", NESTED), ("a.json", f"[{NESTED}]")])
def test_fields_are_mapped_wherever_they_are(read, name, content):
    columns = {"title": "content.heading.value", "abstract": "content.text", "authors": "who.n"}
    (paper,) = read(name, content, columns=columns).papers
    assert (paper.title, paper.abstract, paper.authors) == ("T", "A.", ("A B", "C D"))


ABOVE = {"title": "response.hits.doc.t", "abstract": "response.hits.doc.abs"}
HITS = [{"doc": {"t": "T", "abs": "A."}}, {"doc": {"t": "U", "abs": "B."}}]
ANSWER = {"title": "Hits", "response": {"total": 2, "hits": HITS}}
INNER = {"t": "T", "abs": "A."}, {"t": "U", "abs": "B."}


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (ANSWER, ABOVE),
        (json.dumps(ANSWER, indent=1), ABOVE),
        ({"hits": [1, 2], "data": [{"title": "No"}], **ANSWER}, ABOVE),  # lists that are not meant
        ({"data": {"hits": [{"title": "No"}]}, "response": {"hits": HITS}}, ABOVE),
        ({"results": HITS}, {"title": "results.doc.t", "abstract": "results.doc.abs"}),
        ({"results": HITS}, {"title": "doc.t", "abstract": "doc.abs"}),  # as from the record
        ([{"hits": HITS[:1]}, {"hits": HITS[1:]}], {"title": "hits.doc.t", "abstract": "hits.doc.abs"}),
        (
            {"groups": [{"hits": INNER[:1]}, {"hits": INNER[1:]}]},
            {"title": "groups.hits.t", "abstract": "groups.hits.abs"},
        ),
        ({"data": [{"data": each} for each in INNER]}, {"title": "data.t", "abstract": "data.abs"}),
        ({"x": [{"t": "T", "summary": "A."}, {"t": "U", "summary": "B."}]}, {"title": "x.t"}),
        ({"x": [{"paper": each} for each in INNER]}, {"title": "x.paper.t", "abstract": "x.paper.abs"}),
        ({"x": [{"paper": each} for each in INNER]}, {"title": "x.t", "abstract": "x.abs"}),
        ({"é": [*INNER]}, {"title": "é.t", "abstract": "é.abs"}),
        ({"filler": ["x" * 1000] * 100, "response": {"hits": HITS}}, ABOVE),  # far down
    ],
    ids=lambda value: str(value)[:60],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a"])
def test_a_mapping_leads_to_a_list_of_records(read, name, content, columns):
    reading = read(name, content, columns=columns)
    assert [(paper.title, paper.abstract) for paper in reading.papers] == [("T", "A."), ("U", "B.")]
    assert reading.problems == []


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ({"title": "T", "parts": [{"text": "A."}]}, {"abstract": "parts.text"}),
        ({"parts": [{"text": "A."}], "title": "T"}, {"abstract": "parts.text"}),
        ({"t": "T", "summary": "S.", "parts": [{"text": "A."}]}, {"title": "t", "abstract": "parts.text"}),
    ],
    ids=str,
)
def test_a_list_within_a_paper_is_no_list_of_papers(read, content, columns):
    for written in (content, json.dumps(content, indent=1)):
        (problem,) = read("a.json", written, columns=columns).problems
        assert problem.message.removeprefix("record 1: ") == "abstract is a list, not text; not read"


def test_a_mapped_list_is_read_one_by_one(read, monkeypatch):
    """A document that is larger than anything that is ever held."""
    monkeypatch.setattr("extractor.read.json_document.LONGEST_OBJECT", 1 << 20)
    hits = ({"doc": {"t": f"T{n}", "abs": "x" * 1000}} for n in range(3000))
    document = {"facets": ["y" * 1000] * 100, "response": {"hits": list(hits)}}
    assert len(read("a.json", document, columns=ABOVE).papers) == 3000


def test_a_broken_record_of_a_mapped_list_costs_no_other(read):
    good = '{"doc": {"t": "%s", "abs": "A."}}'
    content = f'{{"response": {{"hits": [{good % "T"}, {{"doc": nonsense}}, {good % "U"}]}}}}'
    reading = read("a.json", content, columns=ABOVE)
    assert [paper.title for paper in reading.papers] == ["T", "U"]
    assert [problem.message[:18] for problem in reading.problems] == ["record 2: not JSON"]


@pytest.mark.parametrize(
    ("content", "column", "told"),
    [
        (ANSWER, "response.hitz.doc.t", "'response' has 'total', 'hits'"),
        (ANSWER, "response.hits.dox.t", "the first record has 'doc'"),
        (ANSWER, "response.hits.doc.title", "'doc' has 't', 'abs'"),
        (ANSWER, "response.hits.doc.t.value", "'doc.t' is a str, with no keys"),
        (ANSWER, "reply.hits.t", "the first record has 'title', 'response'"),
        ([{"doc": {}}], "doc.t", "'doc' is empty"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_path_that_leads_nowhere_is_told(read, name, content, column, told):
    problems = read(name, content, columns={"title": column}).problems
    message = f"nothing at {column!r}, to which a field was mapped: {told}"
    assert [p.message for p in problems if not p.skipped] == [message]


def test_what_only_some_records_have_is_not_told(read):
    rows = [{"title": "T", "by": None}, {"title": "U", "by": {"n": "A B"}}]
    assert read("a.json", rows, columns={"authors": "by.n"}).problems == []


def test_a_mapping_goes_before_what_a_source_means(read, tmp_path):
    assert read("a.json", [SCHOLAR], columns={"abstract": "tldr.text"}).papers[0].abstract == "Machine."
    assert read("a.bib", BIB, columns={"id": "doi"}).papers[0].id == "10.1/x"
    assert read("a.ris", RIS, columns={"title": "journal_name"}).papers[0].title == "V"
    pq.write_table(pa.table({"x": [{"y": "T"}]}), tmp_path / "a.parquet")
    assert read_sources(["a.parquet"], columns={"title": "x.y"}).papers[0].title == "T"
    assert "no column 'z.y'" in str(read_sources(["a.parquet"], columns={"title": "z.y"}).problems[0])


def test_what_a_source_lacks_comes_from_common_names(read):
    row = {"title": "T", "summary": "A.", "issued": {"date-parts": [[2019]]}, "authors": ["A B"], "link": "u"}
    assert (
        facts(read("a.json", [row]).papers[0]).items()
        >= {**{"title": "T", "abstract": "A.", "date": "2019", "authors": ["A B"], "url": "u"}}.items()
    )


def test_the_command_takes_format_and_mapping(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").write_text('{"content": {"text": "It is 2x faster."}}', encoding="utf-8")
    arguments = ["run", "in", "--format", "jsonl", "--map", "abstract=content.text"]
    assert "1 claims: 1 speedup" in CliRunner().invoke(app, arguments).stdout
    refused = CliRunner().invoke(app, ["run", "in", "--format", "pdf"])
    assert (refused.exit_code, "error: no format 'pdf'; formats are jsonl, json" in refused.stderr) == (
        2,
        True,
    )


def test_columns_with_a_dot_in_their_name(read):
    assert (
        read("a.csv", "content.title,abstract\nT,A.\n", columns={"title": "content.title"}).papers[0].title
        == "T"
    )


# Damage


GOOD = "<entry><id>1</id><title>Good</title></entry>"
LONG_ENTRY = f"<entry><title>{'x' * (LONGEST_RECORD + 10**6)}</title></entry>"
ERROR = "<entry><id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>bad id</summary></entry>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("\n<entry><title>a < b</title></entry>\n", "a.xml:2: record 2 is broken XML ("),
        ("\n<entry><title>x&nbsp;y</title></entry>\n", "a.xml:2: record 2 is broken XML ("),
        ("\n<entry><title>cut", "a.xml:2: the file ends in the middle of a record"),
        ("\n<entry/>\n", "a.xml:2: neither title nor abstract"),
        (f"\n{LONG_ENTRY}", "a.xml:2: a <entry> has more than 8 MB"),
        (ERROR, "a.xml: left out: 1 answers that say 'bad id' instead of papers"),
    ],
    ids=lambda value: value[:60],
)
def test_broken_xml(read, content, problem):
    reading = read("a.xml", f"<feed>{GOOD}{content}")
    assert [paper.title for paper in reading.papers] == ["Good"]
    assert [str(p).startswith(problem) for p in reading.problems] == [True]


def test_a_record_without_its_end_costs_no_other(read):
    reading = read("a.xml", f"<feed><entry><title>open</title>\n{GOOD}</feed>")
    assert [paper.title for paper in reading.papers] == ["Good"]
    assert [str(p) for p in reading.problems] == ["a.xml:1: a <entry> has no end tag, not read"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<?xml version='1.0'?><rss><item/></rss>", "XML of an unknown kind, <rss>; known are <feed>, "),
        ("<!DOCTYPE html><html><body>Good</body></html>", "a web page, not text"),
        ("<?xml version='1.0'?>", "no XML: no first tag was found"),
        ("\\documentclass{article}", "a LaTeX document, not read"),
    ],
)
def test_what_is_known_to_hold_no_papers(read, content, problem):
    reading = read("a.xml", content)
    assert [p.message.startswith(problem) for p in reading.problems] == [True]


BOMB = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 20))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!DOCTYPE feed [<!ENTITY x0 "lol">{BOMB}]>',
        '<!DOCTYPE feed [<!ENTITY x19 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["a billion laughs", "a file", "a document type elsewhere"],
)
def test_entities_are_never_resolved(read, declared):
    reading = read("a.xml", f"{declared}<feed>{GOOD}<entry><title>&x19;</title></entry></feed>")
    assert [paper.title for paper in reading.papers] == ["Good"]
    assert "broken XML" in str(reading.problems[0])


@pytest.mark.parametrize(
    ("content", "titles", "problem"),
    [
        ('[{"title": "Good"}, {"title": "cut', 1, "damaged JSON after record 1 ("),
        ('{"data": [{"title": "Good"}, {"title": nonsense}]}', 1, "record 2: not JSON (Expecting value"),
        ('[{"title": nonsense}, {"title": "Good"},]', 1, "record 1: not JSON (Expecting value"),
        (
            '[{"title": "Good"}, 7, {"title": "Good"}]',
            1,
            "record 2: JSON, but of type int and no object",
        ),
        ('[{"title": "Good"}, {}]', 1, "record 2: neither title nor abstract"),
        ('[{"title": "Good"}, {"title": {"a": 1}}]', 1, "record 2: title is a dict, not text"),
        ('[{"title": "' + "x" * (LONGEST_OBJECT + 10**6), 0, "damaged JSON after record 0 (more than 64 MB"),
        (b'[{"title": "Good"}, {"title": "Good", "x": "\xff"}]', 1, "bytes that are not UTF-8"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_broken_json_documents(read, content, titles, problem):
    reading = read("a.json", content)
    assert [paper.title for paper in reading.papers] == ["Good"] * titles
    assert [p.message.startswith(problem) for p in reading.problems] == [True]


def test_broken_bibtex(read):
    reading = read(
        "a.bib", "@misc{a, title={Open\n@misc{b, title={Good}}\n@misc{c, title={Two}, title={Three}}\n"
    )
    assert [paper.title for paper in reading.papers] == ["Good", "Two"]
    assert [(p.line, p.skipped) for p in reading.problems] == [(1, True), (3, False)]
    assert "look for a brace left open" in reading.problems[0].message


def test_broken_ris(read):
    records = ["TY  - JOUR\nTI  - One\n", "TY  - JOUR\nTI  - Two\nER  - \n", "TY  - JOUR\nTI  - Three"]
    reading = read("a.ris", "\n".join(records))
    assert [paper.title for paper in reading.papers] == ["One", "Two", "Three"]
    assert [(p.line, p.message[:27]) for p in reading.problems] == [
        (1, "a record without its end ta"),
        (8, "the file ends in the middle"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "PMID- 1\nTI  - One\n\nPMID- 2\nTI  - Two\n",
        "PMID- 1\nTI  - One\nPMID- 2\nTI  - Two\n",  # the blank line is lost
        "\n\nPMID- 1\nTI  - One\nAB  -\n\n\nPMID- 2\nTI  - Two",
        "PMID- 1\r\nTI  - One\r\n\r\nOWN - NLM\r\nPMID- 2\r\nTI  - Two\r\n",
    ],
    ids=repr,
)
def test_records_of_nbib(read, content):
    reading = read("a.nbib", content)
    assert [(paper.id, paper.title) for paper in reading.papers] == [("1", "One"), ("2", "Two")]
    assert reading.problems == []


def test_broken_nbib(read):
    long = "\n".join(["AB  - A", *["      " + "x" * 1000] * (LONGEST_RECORD // 1000 + 1)])
    content = f"PMID- 1\nTI  - One\n\nPMID- 2\n\nPMID- 3\n{long}\n\nPMID- 4\nTI  - Four\n"
    reading = read("a.nbib", content)
    assert [paper.title for paper in reading.papers] == ["One", "Four"]
    assert [(p.line, p.message[:22], p.skipped) for p in reading.problems] == [
        (4, "neither title nor abst", True),
        (6, "a record of more than ", True),
    ]


def test_what_is_no_paper_is_counted_once(read):
    (problem,) = read("a.json", {"notes": [V2, REPLY, REPLY]}).problems
    assert problem.message.startswith("left out: 2 replies") and not problem.skipped


def test_an_empty_record_is_told_from_an_unreadable_one(read):
    problems = read("a.jsonl", '{"title": "T"}\n{"id": 1}\n{"title": []}\n{').problems
    assert [(p.skipped, p.empty) for p in problems] == [(True, True), (True, False), (True, False)]


def test_dates_of_arrow_are_dates(tmp_path):
    table = pa.table({"title": ["T"], "published": [datetime.datetime(2020, 1, 2, 3, 4)]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_sources([tmp_path / "a.parquet"]).papers[0].date == "2020-01-02"


# What always holds

NAMED = [
    "a.xml",
    "a.json",
    "a.jsonl",
    "a.bib",
    "a.ris",
    "a.ciw",
    "a.nbib",
    "a.md",
    "a.arrow",
    "a.zip",
    "a.csv.zst",
    "a.gz",
]
MAGIC = [b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\0", b"\x1f\x8b\x08", b"ARROW1\0\0", b"PAR1"]
MAGIC += [b"\xff\xff\xff\xff\x10\0\0\0", b"\xff\xfe", b"\xef\xbb\xbf"]
WHOLE = [ATOM, OAI_DC, PUBMED, ACL, BIB, RIS, NBIB, WOS, MARKDOWN, json.dumps([OPENALEX, V2, DAILY, CSL])]
CUTS = [text[at : at + 40].encode() for text in WHOLE for at in range(0, len(text), 40)]
PIECES = st.sampled_from([*MAGIC, *CUTS, b"\n", b"{", b"[", b"<", b'"']) | st.binary(max_size=20)
ANYTHING = st.lists(PIECES, max_size=30).map(b"".join) | st.sampled_from(WHOLE).flatmap(
    lambda whole: st.integers(0, len(whole)).map(lambda end: whole[:end].encode())
)


@given(name=st.sampled_from(NAMED), content=ANYTHING, form=st.none() | st.sampled_from(NAMES))
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_any_bytes_are_papers_or_problems(tmp_path, name, content, form):
    (tmp_path / name).write_bytes(content)
    items = list(stream_sources([tmp_path / name], form=form))
    papers = [item for item in items if isinstance(item, Paper)]
    assert papers or any(isinstance(item, Problem) for item in items)
    assert all(paper.id and len(paper.places) == 1 for paper in papers)
    assert items[-1].entries == len(papers)


VALUES = st.recursive(
    st.none() | st.text(max_size=9) | st.floats() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
KEYS = st.sampled_from(sorted({key for shape in SHAPES for key in shape.reads}))


@given(rows=st.lists(st.dictionaries(KEYS, VALUES, max_size=8), min_size=1, max_size=4))
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_every_object_of_any_shape_is_a_paper_or_told(tmp_path, rows):
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    reading = read_sources([tmp_path / "a.jsonl"])
    told = sum(int(p.message.split()[2]) for p in reading.problems if p.message.startswith("left out: "))
    listed = [row for row in rows if not row.keys() & {"data", "notes"}]
    assert reading.entries + reading.skipped + told == len(listed)
