// Calls the server's API as Casdoor's pages do: with the session cookie, never with a token.
const headers = { "Accept-Language": "en" };

const read = async (response) => {
  try {
    return await response.json();
  } catch {
    return { status: "error", msg: `the server answered ${response.status}` };
  }
};

export const get = async (path) => read(await fetch(path, { credentials: "include", headers }));

export const post = async (path, body) =>
  read(await fetch(path, { method: "POST", credentials: "include", headers, body: JSON.stringify(body) }));

// Sends a multipart form, which servers of every release accept.
export const submit = async (path, fields) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return read(await fetch(path, { method: "POST", credentials: "include", headers, body }));
};

export const account = () => get("/api/get-account");

// Returns the parameters of an authorization request, with the names that the API uses.
export const oauthQuery = () => {
  const asked = new URLSearchParams(location.search);
  const text = (name) => asked.get(name) ?? "";
  const names = {
    clientId: text("client_id"),
    responseType: text("response_type"),
    redirectUri: text("redirect_uri"),
    type: "code",
    scope: text("scope"),
    state: text("state"),
    nonce: text("nonce"),
    code_challenge_method: text("code_challenge_method"),
    code_challenge: text("code_challenge"),
  };
  return new URLSearchParams(names).toString();
};
