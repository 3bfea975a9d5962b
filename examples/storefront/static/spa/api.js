/*
  The shop's JSON API. Changes are sent one after the other: two quick presses of "+" are two steps,
  and the cart that is shown in the end is the answer to the last of them.
*/
const JSON_TYPE = "application/json";
let before = Promise.resolve();

async function answer(response) {
  if (!response.headers.get("content-type")?.startsWith(JSON_TYPE))
    throw new Error(`status ${response.status}`);
  return response.json();
}

export async function getPage(path) {
  return answer(await fetch(`/api${path}`, { headers: { accept: JSON_TYPE } }));
}

export function send(path, fields) {
  const sent = before.then(async () =>
    answer(
      await fetch(`/api${path}`, {
        method: "POST",
        headers: { "content-type": JSON_TYPE, accept: JSON_TYPE },
        body: JSON.stringify(fields),
      }),
    ),
  );
  before = sent.catch(() => undefined);
  return sent;
}
