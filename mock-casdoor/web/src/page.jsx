// Selects the page for a URL.
import {useEffect, useState} from "react";
import {createRoot} from "react-dom/client";
import {Button, Spin} from "ui";
import {account, post} from "./api.js";
import {AccountPage} from "./account.jsx";
import {CodePage, codePage} from "./codes.jsx";
import {ConsentPage} from "./consent.jsx";
import {EntryFrame, ManagementFrame, Themed} from "./shell.jsx";
import {LoginPage} from "./login.jsx";
import {isEntry} from "./purpose.js";
import {SetupPage} from "./setup.jsx";

const HomePage = ({account: user}) => {
  const signOut = async () => {
    await post("/api/logout", {});
    location.assign(`/login/${user.owner}`);
  };
  return (
    <ManagementFrame account={user} path={[]}>
      <p>Signed in as <b>{user.owner}/{user.name}</b></p>
      <p><a href="/account">My Account</a> · <a href="/mfa/setup?mfaType=app">Set up an authenticator app</a></p>
      <Button onClick={signOut}>Logout</Button>
    </ManagementFrame>
  );
};

const pages = {"/account": AccountPage, "/mfa/setup": SetupPage};

// Pages that require a signed-in user; others are redirected to the sign-in page.
const SignedInPage = () => {
  const [user, setUser] = useState(null);
  useEffect(() => {
    account().then(answer => {
      if (answer.status === "ok") {
        document.title = answer.data2?.displayName ?? document.title;
        setUser(answer.data);
      } else {
        location.replace("/login");
      }
    });
  }, []);
  const Page = pages[location.pathname.replace(/\/$/, "")] ?? HomePage;
  return user ? <Page account={user} /> : <EntryFrame><Spin size="large" /></EntryFrame>;
};

const draw = () => {
  if (location.pathname.startsWith("/consent/")) {
    return <EntryFrame><ConsentPage /></EntryFrame>;
  }
  if (codePage(location.pathname)) {
    return <EntryFrame><CodePage path={location.pathname} /></EntryFrame>;
  }
  return isEntry() ? <LoginPage /> : <SignedInPage />;
};

createRoot(document.getElementById("root")).render(<Themed>{draw()}</Themed>);
