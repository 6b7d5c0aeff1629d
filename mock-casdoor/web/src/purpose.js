// Which sign-in an address asks for, what it needs of the server, and where one that worked leads.
import {message} from "ui";
import {get, oauthQuery} from "./api.js";

const asked = name => new URLSearchParams(location.search).get(name) ?? "";

// What is at the end of another provider's way back: the query string that it was sent away with.
const brought = name => new URLSearchParams(atob(asked("state"))).get(name) ?? "";

const PURPOSES = [
  [/^\/login\/oauth\/device\/([^/]+)/, ([, userCode]) => ({type: "device", userCode})],
  [/^\/login\/oauth\/authorize$/, () => ({type: "code"})],
  [/^\/login\/saml\/authorize\/[^/]+\/([^/]+)/, ([, application]) => ({type: "saml", application})],
  [/^\/cas\/[^/]+\/([^/]+)\/login/, ([, application]) => ({type: "cas", application})],
  [/^\/callback$/, () => ({type: "login", application: brought("application"), provider: brought("provider"), code: asked("code")})],
  [/^\/login(?:\/([^/]*))?/, ([, owner]) => ({type: "login", owner: owner || "acme"})],
];

const match = () => PURPOSES.map(([path, found]) => [location.pathname.match(path), found]).find(([parts]) => parts);

export const isEntry = () => Boolean(match());

export const purpose = () => {
  const [parts, found] = match();
  return found(parts);
};

// The application that somebody signs in to.
export const applicationOf = wanted => {
  switch (wanted.type) {
  case "code": return get(`/api/get-app-login?${oauthQuery()}`);
  case "device": return get(`/api/get-app-login?type=device&userCode=${wanted.userCode}`);
  case "cas": return get(`/api/get-app-login?${new URLSearchParams({type: "cas", id: `admin/${wanted.application}`, redirectUri: asked("service")})}`);
  default: return get(wanted.application ? `/api/get-application?id=admin/${wanted.application}` : `/api/get-default-application?id=admin/${wanted.owner}`);
  }
};

// Where a sign-in is sent to.
export const target = wanted => {
  const query = {code: oauthQuery, cas: () => new URLSearchParams({service: asked("service")})}[wanted.type];
  return query ? `/api/login?${query()}` : "/api/login";
};

// What goes along with it.
export const carried = ({type, userCode, provider, code}) => ({
  type,
  ...(userCode ? {userCode} : {}),
  ...(provider ? {provider, code} : {}),
  ...(type === "saml" ? {samlRequest: asked("SAMLRequest"), relayState: asked("RelayState")} : {}),
});

const extended = (address, more) => `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams(more)}`;

// A sign-in that was opened as a window of its own, or in a frame, tells who opened it.
const tell = data => {
  if (asked("popup") === "1") {
    const inFrame = asked("popup_type") === "iframe";
    const there = new URL(asked("redirect_uri"));
    (inFrame ? parent : opener).postMessage({type: "loginSuccess", data}, inFrame ? there.origin : there.href);
  }
};

const post = (address, fields) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address, hidden: true});
  Object.entries(fields).forEach(([name, value]) => form.append(Object.assign(document.createElement("input"), {name, value})));
  document.body.append(form);
  form.submit();
};

const ENDS = {
  code: ({data}) => {
    const result = {code: data, state: asked("state")};
    if (asked("popup") !== "1" || asked("popup_type") !== "iframe") {
      location.assign(extended(asked("redirect_uri"), result));
    }
    tell(result);
  },
  device: (answer, done) => done("The device is signed in"),
  saml: ({data, data2}) => {
    const fields = {SAMLResponse: data, RelayState: asked("RelayState")};
    if (data2.method === "POST") {
      post(data2.redirectUrl, fields);
    } else {
      location.assign(extended(data2.redirectUrl, fields));
    }
  },
  cas: ({data}) => {
    message.success("Logged in successfully.");
    if (asked("service")) {
      location.assign(extended(asked("service"), {ticket: data}));
    }
  },
  login: () => {
    message.success("Logged in successfully");
    location.assign("/");
  },
};

// Where a sign-in that worked leads.
export const proceed = (wanted, answer, done) => ENDS[wanted.type](answer, done);
