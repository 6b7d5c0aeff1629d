// Passcode fields of libraries for Vue, of custom elements, and of further libraries for React. Each page states its
// expected outcome.
import {createElement} from "react";
import {createRoot} from "react-dom/client";
import {unstable_OneTimePasswordField as Otp} from "radix-ui";
import AuthCode from "react-auth-code-input";
import {createApp, h, ref} from "vue";
import VueOtp from "vue3-otp-input";
import PrimeVue from "primevue/config";
import InputOtp from "primevue/inputotp";
import {createVuetify} from "vuetify";
import {VApp} from "vuetify/components/VApp";
import {VOtpInput} from "vuetify/components/VOtpInput";
import vuetifyStyle from "vuetify/styles";
import "@shoelace-style/shoelace/dist/components/input/input.js";

const root = document.getElementById("root");
const send = code => window.sent.push(code);
const six = Array.from({length: 6}, (_, at) => at);

const react = element => () => createRoot(root).render(element);

const vue = (setUp, render) => () => {
  const app = createApp({setup: () => { const code = ref(""); return () => h("main", [h("h1", "Two-factor authentication"), render(code)]); }});
  setUp(app);
  app.mount(root);
};

const markup = html => () => { root.innerHTML = html; };

const Radix = ({heading}) => (
  <form onSubmit={event => { event.preventDefault(); send(new FormData(event.target).get("code")); }}>
    <h1>{heading}</h1>
    <Otp.Root name="code" autoSubmit>{six.map(at => <Otp.Input key={at} />)}<Otp.HiddenInput /></Otp.Root>
  </form>
);

const AuthCodeInput = ({length, heading}) => (
  <section><h1>{heading}</h1><AuthCode length={length} allowedCharacters="numeric" onChange={code => code.length === length && send(code)} /></section>
);

const otp = code => h(VueOtp, {numInputs: 6, shouldAutoFocus: true, inputType: "letter-numeric", separator: "", value: code.value,
  "onUpdate:value": value => { code.value = value; }, onOnComplete: send});
// The width is that of its default theme.
const prime = length => code => [h("style", ".narrow input { width: 2.5rem }"), h(InputOtp, {class: "narrow", length, integerOnly: true, modelValue: code.value, "onUpdate:modelValue": value => { code.value = value; if (value?.length === length) send(value); }})];
const vuetify = length => code => h(VApp, () => [h("style", vuetifyStyle), h(VOtpInput, {length, modelValue: code.value, "onUpdate:modelValue": value => { code.value = value; }, onFinish: send})]);
const label = "Code from your authenticator app";

const pages = {
  "vue3-otp-input": {expect: "filled", submits: 1, draw: vue(() => {}, otp)},
  "PrimeVue InputOtp": {expect: "filled", submits: 1, draw: vue(app => app.use(PrimeVue, {unstyled: true}), prime(6))},
  "Vuetify VOtpInput": {expect: "filled", submits: 1, draw: vue(app => app.use(createVuetify()), vuetify(6))},
  "Radix one-time password field": {expect: "filled", submits: 1, draw: react(<Radix heading="Enter the code from your authenticator" />)},
  "react-auth-code-input": {expect: "filled", submits: 1, draw: react(<AuthCodeInput length={6} heading="Two-factor authentication" />)},
  "Shoelace sl-input": {expect: "filled", submits: 0, draw: markup(`<form><sl-input label="${label}" name="code" maxlength="6" inputmode="numeric"></sl-input></form>`)},
  "PrimeVue InputOtp of four": {expect: "fill_no_field", draw: vue(app => app.use(PrimeVue, {unstyled: true}), prime(4))},
  "Vuetify VOtpInput of four": {expect: "fill_no_field", draw: vue(app => app.use(createVuetify()), vuetify(4))},
  "Radix field of a code by text message": {expect: "fill_no_field", draw: react(<Radix heading="We texted a code to the number ending in 12" />)},
  "react-auth-code-input of a class": {expect: "fill_no_field", draw: react(<AuthCodeInput length={6} heading="Join a class: your teacher gives you the code" />)},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
pages[decodeURIComponent(location.hash.slice(1))]?.draw();
