"""The small parts that readers share: dates, names, identifiers, LaTeX in bibliographies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.read.dates import date_of, date_of_milliseconds, iso_date
from extractor.read.identifiers import arxiv_id, arxiv_url, bare_doi, given_first, person, value_at
from extractor.read.latex import resolved


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2022-12-08", "2022-12-08"),
        ("2022-12-08T09:00:00Z", "2022-12-08"),
        ("2022-12", "2022-12"),
        ("2022-3-5", "2022-03-05"),
        ("2022", "2022"),
        ("2022/12/08/", "2022-12-08"),  # RIS
        ("2022///", "2022"),
        ("2012/12//Winter", "2012-12"),
        ("Dec 8, 2022", "2022-12-08"),
        ("December 8 2022", "2022-12-08"),
        ("Dec 8", "12-08"),  # a listing page of this year
        ("8 December 2022", "2022-12-08"),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),  # arXiv's versions
        ("June 2019", "2019-06"),
        ("2022 Dec 8", "2022-12-08"),  # PubMed
        ("2021 Aug-Sep", "2021-08"),
        ("1998 Dec-1999 Jan", "1998-12"),
        ("2000 Spring", "2000"),
        ("1998-1999", "1998"),
        ("FEB 26, 2015", "2015-02-26"),  # Web of Science
        ("2022-02-31", ""),
        ("2022-00-10", ""),
        ("06/15/2021", "2021-06-15"),  # there are no 15 months
        ("15.06.2021", "2021-06-15"),
        ("Summer 2019", "2019"),
        ("2020-05-00", "2020-05"),
        ("20210615", "2021-06-15"),
        ("June 15th, 2021", "2021-06-15"),
        ("c2021", "2021"),
        ("3/4/2021", ""),  # March or April?
        ("soon", ""),
        ("", ""),
        ("٢٠٢٢", ""),
    ],
    ids=str,
)
def test_dates(written, date):
    assert iso_date(written) == date


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ((2019, 6, 3), "2019-06-03"),
        (("2019", "jun", None), "2019-06"),
        (("2019", "", ""), "2019"),
        ((2019, None, 3), "2019"),
        ((None, 6, 3), "06-03"),
        ((None, 6, None), ""),
        ((0, 1, 1), ""),
        ((2019, 13, 1), ""),
        (("MMXIX", None, None), ""),
    ],
    ids=str,
)
def test_dates_of_parts(parts, date):
    assert date_of(*parts) == date


@pytest.mark.parametrize(
    ("time", "date"),
    [(1601308220000, "2020-09-28"), (0, "1970-01-01"), (None, ""), ("x", ""), (1e30, ""), (float("nan"), "")],
)
def test_unix_times(time, date):
    assert date_of_milliseconds(time) == date


@given(st.text())
def test_any_text_is_a_date_or_none(text):
    assert len(iso_date(text)) in (0, 4, 5, 7, 10)


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.18653/v1/N19-1423", "10.18653/v1/N19-1423"),
        ("https://doi.org/10.18653/v1/N19-1423", "10.18653/v1/N19-1423"),
        ("http://dx.doi.org/10.1/x", "10.1/x"),
        ("doi: 10.1/x", "10.1/x"),
        ("10.1/x 10.1/y", "10.1/x"),
        (" ", ""),
    ],
)
def test_dois_are_bare(written, doi):
    assert bare_doi(written) == doi


@pytest.mark.parametrize(
    ("written", "number", "url"),
    [
        ("http://arxiv.org/abs/2103.00020v1", "2103.00020", "http://arxiv.org/abs/2103.00020v1"),
        ("2103.00020v2", "2103.00020", "https://arxiv.org/abs/2103.00020v2"),
        ("hep-th/9901001", "hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("oai:arXiv.org:0704.0001", "0704.0001", None),
        ("https://arxiv.org/pdf/2103.00020v1.pdf", "2103.00020", "https://arxiv.org/pdf/2103.00020v1.pdf"),
        ("", "", ""),
    ],
)
def test_arxiv_ids_are_without_version_and_lead_back(written, number, url):
    assert arxiv_id(written) == number
    assert url is None or arxiv_url(written) == url


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Devlin, Jacob", "Jacob Devlin"),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
        ("Jacob Devlin", "Jacob Devlin"),
        ("OpenAI", "OpenAI"),
        (", ", ","),
    ],
)
def test_given_names_come_first(written, name):
    assert given_first(written) == name


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("A B", "A B"),
        ({"name": "A B"}, "A B"),
        ({"family": "Beethoven", "given": "Ludwig", "dropping-particle": "van"}, "Ludwig van Beethoven"),
        ({"literal": "The Team"}, "The Team"),
        ({"first": "A", "middle": ["M.", "N."], "last": "B", "suffix": "Jr."}, "A M. N. B Jr."),
        ({"name": None}, ""),
        (7, ""),
    ],
)
def test_authors_of_json(author, name):
    assert person(author) == name


def test_a_path_goes_through_objects_and_lists():
    row = {"a": {"b": [{"c": 1}, {"c": 2}, 3]}, "x": "text"}
    assert value_at(row, "a.b.c") == [1, 2, None]
    assert value_at(row, "x.y") is None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("{BERT}: Pre-training of {D}eep", "BERT: Pre-training of Deep"),
        (r"r{\'e}sum\'e, na\"{\i}ve, {\c{c}}a, \v{s}, {\o}re, {\ss}", "résumé, naïve, ça, š, øre, ß"),
        (r"\'{E}cole, \~n, {\'{e}}", "École, ñ, é"),
        (r"80.5{\%} and 7\%", r"80.5\% and 7\%"),  # what is cleaned later stays
        (r"at $320 \times 320$ with $x^{2}$", r"at $320 \times 320$ with $x^{2}$"),
        (r"\textbf{bold {B}ERT} and \frac{1}{2}", r"\textbf{bold BERT} and \frac{1}{2}"),
        (r"{\bf x} \{set\}", r"\bf x \{set\}"),
        ("one\n      two", "one two"),
        ("10^{3} } {", "10^{3}  "),
        (r"\alpha \times \LaTeX \ooops", r"\alpha \times \LaTeX \ooops"),
        ("", ""),
        ("\\", "\\"),
    ],
)
def test_latex_of_bibliographies(written, text):
    assert resolved(written) == text


@given(
    st.lists(st.sampled_from(["{", "}", "\\", "$", "'", "c", "e", "^", " ", "textbf"]) | st.text()).map(
        "".join
    )
)
def test_resolving_never_fails_and_adds_no_braces(text):
    assert resolved(text).count("{") <= text.count("{")
