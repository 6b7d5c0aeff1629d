// The layout around a page: theme, header and footer.
import {useEffect, useState} from "react";
import {Breadcrumb, Button, Card, ConfigProvider, Dropdown, Layout, Menu, Spin, theme} from "ui";
import {DownOutlined, GlobalOutlined, MenuFoldOutlined, QuestionCircleOutlined} from "icons";
import {OldHeader} from "./old_header.jsx";

// The side bar's width in the newest pages.
const SIDER_PIXELS = 256;

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem("themeAlgorithm") ?? "[]").includes("dark");
  } catch {
    return false;
  }
};

export const isDark = () => {
  const query = new URLSearchParams(location.search).get("theme");
  return query ? query === "dark" : stored() || matchMedia("(prefers-color-scheme: dark)").matches;
};

export const Themed = ({children}) => {
  const dark = isDark();
  useEffect(() => document.body.classList.toggle("dark", dark), [dark]);
  const tokens = {colorPrimary: dark ? "#e5e5e5" : "#262626", colorInfo: dark ? "#e5e5e5" : "#262626", ...(dark ? {colorTextLightSolid: "#141414"} : {})};
  return <ConfigProvider theme={{token: tokens, algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm}}>{children}</ConfigProvider>;
};

const Footer = () => (
  <Layout.Footer id="footer">
    Powered by <a href="https://casdoor.org" target="_blank" rel="noreferrer"><img height="20px" alt="Casdoor" src="/static/logo.svg" /></a>
  </Layout.Footer>
);

const Logo = () => <a href="/"><img alt="logo" style={{height: 28}} src="/static/logo.svg" /></a>;

// A page without a signed-in user.
export const EntryFrame = ({children}) => (
  <Layout id="parent-area">
    <Layout.Content style={{display: "flex", flexDirection: "column", justifyContent: "space-between"}}>
      <div className="loginBackground">
        {SHAPE !== "labeled" && <Spin size="large" spinning={false} tip="Loading" />}
        {children}
      </div>
    </Layout.Content>
    <Footer />
  </Layout>
);

const Tool = ({icon, menu}) => {
  const box = <div className="select-box">{icon}</div>;
  return menu ? <Dropdown menu={{items: []}}>{box}</Dropdown> : box;
};

const Sun = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2">
    <circle cx="10" cy="10" r="4" /><path d="M10 0v3M10 17v3M0 10h3M17 10h3" />
  </svg>
);

const UserMenu = ({account}) => (
  <Dropdown menu={{items: []}}>
    <div className="rightDropDown">
      <div><div>{account.displayName.slice(0, 1)}</div></div>
      {account.displayName}
      <DownOutlined />
    </div>
  </Dropdown>
);

const Hidden = ({account}) => (
  <>
    <div style={{display: "none"}} id="CasdoorApplicationName" value={account.signupApplication} />
    <div style={{display: "none"}} id="CasdoorAccessToken" value={account.accessToken} />
  </>
);

const Crumbs = ({path}) => {
  const first = {key: "home", title: <a href="/">Home</a>};
  const items = [first, ...path.map(([title, href]) => ({key: title, title: href ? <a href={href}>{title}</a> : title}))];
  return <Breadcrumb items={items} />;
};

const Header = ({account, path}) => {
  const [folded, fold] = useState(false);
  return (
    <Layout.Header style={{display: "flex", justifyContent: "space-between", alignItems: "center", padding: "0 12px", background: "transparent"}}>
      <div style={{display: "flex", alignItems: "center", gap: 12}}>
        <Button type="text" icon={<MenuFoldOutlined />} onClick={() => fold(!folded)} />
        <Crumbs path={path} />
      </div>
      <div style={{display: "flex", alignItems: "center"}}>
        <Tool icon={<QuestionCircleOutlined />} />
        <Tool icon={<GlobalOutlined />} menu />
        <Tool icon={<Sun />} menu />
        <UserMenu account={account} />
      </div>
    </Layout.Header>
  );
};

// A page with a signed-in user.
export const ManagementFrame = ({account, path, children}) => {
  const card = <Layout.Content><Card className="content-warp-card">{children}</Card></Layout.Content>;
  if (SHAPE !== "labeled") {
    return <Layout id="parent-area"><OldHeader account={account} />{card}<Hidden account={account} /><Footer /></Layout>;
  }
  return (
    <Layout id="parent-area" hasSider style={{display: "block"}}>
      <Layout.Sider theme="light" width={SIDER_PIXELS} style={{position: "fixed", height: "100vh"}}>
        <div style={{padding: 16}}><Logo /></div>
        <div className="sider-menu-container" style={{minHeight: 300}}><Menu mode="inline" items={[]} /></div>
      </Layout.Sider>
      <div style={{marginLeft: SIDER_PIXELS}}>
        <Header account={account} path={path} />
        {card}
      </div>
      <Hidden account={account} />
      <Footer />
    </Layout>
  );
};
