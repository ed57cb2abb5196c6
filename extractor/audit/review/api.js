/* Calls to the server. A refusal becomes an Error with the server's sentence. */

async function answer(response) {
  const content = await response.json();
  if (!response.ok) throw new Error(content.error);
  return content;
}

function reached(error) {
  throw error instanceof TypeError ? new Error("the review's server does not answer; start `extractor review` again") : error;
}

export function see(what, query = {}) {
  const search = new URLSearchParams(query);
  return fetch(`api/${what}?${search}`).then(answer).catch(reached);
}

export function act(what, content = {}) {
  const body = JSON.stringify(content);
  return fetch(`api/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).then(answer).catch(reached);
}
