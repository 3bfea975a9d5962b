/*
  The shop's JSON API. Questions and changes go out one after the other, so that answers come in the
  order of what was done: two quick presses of "+" are two steps, and no page that was asked for before
  a change can bring back the cart from before it.
*/
const JSON_TYPE = "application/json";
let before = Promise.resolve();

function inTurn(request) {
  const answered = before.then(request);
  before = answered.catch(() => undefined);
  return answered;
}

async function answer(response) {
  if (!response.headers.get("content-type")?.startsWith(JSON_TYPE)) {
    throw new Error(`status ${response.status}`);
  }
  return response.json();
}

export function getPage(path) {
  return inTurn(async () => answer(await fetch(`/api${path}`, { headers: { accept: JSON_TYPE } })));
}

export function send(path, fields) {
  const request = {
    method: "POST",
    headers: { "content-type": JSON_TYPE, accept: JSON_TYPE },
    body: JSON.stringify(fields),
  };
  return inTurn(async () => answer(await fetch(`/api${path}`, request)));
}
