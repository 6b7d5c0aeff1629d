// Determines which sign-in flow a URL belongs to, what it needs from the server, and where a successful sign-in
// continues.
import { message } from "ui";
import { get, oauthQuery } from "./api.js";

const queryParameter = (name) => new URLSearchParams(location.search).get(name) ?? "";

// Returns a parameter of the original query string, which was sent to another identity provider as `state`.
const returnedParameter = (name) => new URLSearchParams(atob(queryParameter("state"))).get(name) ?? "";

const PURPOSES = [
  [/^\/login\/oauth\/device\/([^/]+)/, ([, userCode]) => ({ type: "device", userCode })],
  [/^\/login\/oauth\/authorize$/, () => ({ type: "code" })],
  [/^\/login\/saml\/authorize\/[^/]+\/([^/]+)/, ([, application]) => ({ type: "saml", application })],
  [/^\/cas\/[^/]+\/([^/]+)\/login/, ([, application]) => ({ type: "cas", application })],
  [
    /^\/callback$/,
    () => ({
      type: "login",
      application: returnedParameter("application"),
      provider: returnedParameter("provider"),
      code: queryParameter("code"),
    }),
  ],
  [/^\/login(?:\/([^/]*))?/, ([, owner]) => ({ type: "login", owner: owner || "acme" })],
];

const match = () => PURPOSES.map(([path, found]) => [location.pathname.match(path), found]).find(([parts]) => parts);

export const isEntry = () => Boolean(match());

export const purpose = () => {
  const [parts, found] = match();
  return found(parts);
};

// Returns the application that the user signs in to.
export const applicationOf = (wanted) => {
  switch (wanted.type) {
    case "code":
      return get(`/api/get-app-login?${oauthQuery()}`);
    case "device":
      return get(`/api/get-app-login?type=device&userCode=${wanted.userCode}`);
    case "cas":
      return get(
        `/api/get-app-login?${new URLSearchParams({ type: "cas", id: `admin/${wanted.application}`, redirectUri: queryParameter("service") })}`,
      );
    default:
      return get(
        wanted.application
          ? `/api/get-application?id=admin/${wanted.application}`
          : `/api/get-default-application?id=admin/${wanted.owner}`,
      );
  }
};

// Returns the URL to which a sign-in is sent.
export const target = (wanted) => {
  const query = { code: oauthQuery, cas: () => new URLSearchParams({ service: queryParameter("service") }) }[
    wanted.type
  ];
  return query ? `/api/login?${query()}` : "/api/login";
};

// Returns the additional parameters of a sign-in.
export const signInParameters = ({ type, userCode, provider, code }) => ({
  type,
  ...(userCode ? { userCode } : {}),
  ...(provider ? { provider, code } : {}),
  ...(type === "saml" ? { samlRequest: queryParameter("SAMLRequest"), relayState: queryParameter("RelayState") } : {}),
});

const withQuery = (address, more) => `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams(more)}`;

// Notifies the page that opened the sign-in in a window or frame.
const notifyOpener = (data) => {
  if (queryParameter("popup") === "1") {
    const inFrame = queryParameter("popup_type") === "iframe";
    const there = new URL(queryParameter("redirect_uri"));
    (inFrame ? parent : opener).postMessage({ type: "loginSuccess", data }, inFrame ? there.origin : there.href);
  }
};

const post = (address, fields) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address, hidden: true });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
};

const CONTINUATIONS = {
  code: ({ data }) => {
    const result = { code: data, state: queryParameter("state") };
    if (queryParameter("popup") !== "1" || queryParameter("popup_type") !== "iframe") {
      location.assign(withQuery(queryParameter("redirect_uri"), result));
    }
    notifyOpener(result);
  },
  device: (_answer, done) => done("The device is signed in"),
  saml: ({ data, data2 }) => {
    const fields = { SAMLResponse: data, RelayState: queryParameter("RelayState") };
    if (data2.method === "POST") {
      post(data2.redirectUrl, fields);
    } else {
      location.assign(withQuery(data2.redirectUrl, fields));
    }
  },
  cas: ({ data }) => {
    message.success("Logged in successfully.");
    if (queryParameter("service")) {
      location.assign(withQuery(queryParameter("service"), { ticket: data }));
    }
  },
  login: () => {
    message.success("Logged in successfully");
    location.assign("/");
  },
};

// Continues after a successful sign-in, on the page that the server requires first, if any.
export const proceed = (wanted, application, answer, done) => {
  if (answer.data === "RequiredUpdatePassword") {
    sessionStorage.setItem("signinUrl", location.href);
    location.assign("/account");
  } else if (answer.data === "RequiredMfa") {
    sessionStorage.setItem("afterSetup", wanted.type === "code" ? location.href : "/account");
    location.assign("/mfa/setup?mfaType=app");
  } else if (answer.data?.required === true) {
    location.assign(`/consent/${application}${location.search}`);
  } else {
    CONTINUATIONS[wanted.type](answer, done);
  }
};
