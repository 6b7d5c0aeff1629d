// Passcode fields of libraries for Svelte and Vue, and of custom elements. Each page states its expected outcome.
import "@awesome.me/webawesome/dist/components/otp-input/otp-input.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import {defineCustomElement as defineIonOtp} from "@ionic/core/components/ion-input-otp.js";
import {defineCustomElement as defineIonInput} from "@ionic/core/components/ion-input.js";
import {initialize} from "@ionic/core/components";
import {ElInputOtp} from "element-plus/es/components/input-otp/index.mjs";
import elementStyle from "element-plus/theme-chalk/el-input-otp.css";
import {Quasar, QInput} from "quasar/dist/quasar.client.js";
import {createApp, h, ref} from "vue";
import {mount} from "svelte";
import FieldPage from "./FieldPage.svelte";
import PinPage from "./PinPage.svelte";

const root = document.getElementById("root");
const send = code => window.sent.push(code);
const app = "Enter the code from your authenticator app";
const text = "We sent a code to the phone ending in 12";

const svelte = (component, props) => () => mount(component, {target: root, props});

const vue = (setUp, render) => () => {
  const made = createApp({setup: () => { const code = ref(""); return () => h("main", render(code)); }});
  setUp(made);
  made.mount(root);
};
const element = (heading, props) => vue(() => {}, code => [h("style", elementStyle), h("h1", heading),
  h(ElInputOtp, {...props, modelValue: code.value, "onUpdate:modelValue": value => { code.value = value; }, onFinish: send})]);
const quasar = vue(made => made.use(Quasar), code => h(QInput, {label: "Authenticator code", modelValue: code.value, mask: "### ###", unmaskedValue: true,
  "onUpdate:modelValue": value => { code.value = value; if (value.length === 6) send(value); }}));

const custom = (html, event) => () => {
  root.innerHTML = `<form><h1>${html.heading}</h1>${html.field}</form>`;
  const field = root.querySelector("form > :last-child");
  field.addEventListener(event, ({detail}) => send(detail?.value ?? field.value));
};
const ionic = (heading, length) => () => {
  initialize();
  defineIonOtp();
  custom({heading, field: `<ion-input-otp length="${length}"></ion-input-otp>`}, "ionComplete")();
};
const ionicField = () => {
  initialize();
  defineIonInput();
  root.innerHTML = `<form><h1>Sign in</h1><ion-input label="Authenticator code" name="code" maxlength="6"></ion-input></form>`;
  root.querySelector("ion-input").addEventListener("ionChange", ({detail}) => send(detail.value));
};
const awesome = (label, length) => custom({heading: "Sign in", field: `<wa-otp-input label="${label}" length="${length}"></wa-otp-input>`}, "wa-complete");

const pages = {
  "bits-ui PinInput": {expect: "filled", submits: 1, draw: svelte(PinPage, {heading: app, length: 6})},
  "a field bound by Svelte": {expect: "filled", submits: 1, draw: svelte(FieldPage, {})},
  "Element Plus InputOtp": {expect: "filled", submits: 1, draw: element(app, {length: 6})},
  "Element Plus InputOtp, masked": {expect: "filled", submits: 1, draw: element(app, {length: 6, mask: true})},
  "Quasar QInput with a mask": {expect: "filled", submits: 1, draw: quasar},
  "Ionic ion-input-otp": {expect: "filled", submits: 1, draw: ionic(app, 6)},
  "Ionic ion-input": {expect: "filled", submits: 1, draw: ionicField},
  "Web Awesome wa-otp-input": {expect: "filled", submits: 1, draw: awesome("Code from your authenticator app", 6)},
  "Web Awesome wa-input": {expect: "filled", submits: 1, draw: custom({heading: "Two-factor authentication",
    field: `<wa-input label="Authenticator code" name="code" maxlength="6"></wa-input>`}, "change")},
  "bits-ui PinInput for a sent code": {expect: "fill_no_field", draw: svelte(PinPage, {heading: text, length: 6})},
  "Element Plus InputOtp of four": {expect: "fill_no_field", draw: element(app, {length: 4})},
  "Ionic ion-input-otp of four": {expect: "fill_no_field", draw: ionic(app, 4)},
  "Web Awesome wa-otp-input for a sent code": {expect: "fill_no_field", draw: awesome(text, 6)},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
pages[decodeURIComponent(location.hash.slice(1))]?.draw();
