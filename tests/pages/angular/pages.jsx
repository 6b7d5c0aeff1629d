// Passcode fields of libraries for Angular. Each page states its expected outcome. The compiler runs in the page, so
// that no Angular build is needed.
import "@angular/compiler";
import {Component, provideZonelessChangeDetection} from "@angular/core";
import {FormsModule} from "@angular/forms";
import {bootstrapApplication} from "@angular/platform-browser";
import {NgOtpInputComponent} from "ng-otp-input";
import {providePrimeNG} from "primeng/config";
import {InputOtp} from "primeng/inputotp";

const root = document.getElementById("root");

const page = (imports, template) => () => {
  class Page {
    code = "";
    six = {length: 6, allowNumbersOnly: true};
    four = {length: 4, allowNumbersOnly: true};
    password = {length: 6, isPasswordInput: true};
    changed(code, length) { if (code.length === length) window.sent.push(code); }
  }
  const selector = "test-page";
  const component = Component({selector, imports, template})(Page);
  root.innerHTML = `<${selector}></${selector}>`;
  bootstrapApplication(component, {providers: [provideZonelessChangeDetection(), providePrimeNG({unstyled: true})]});
};

const otp = (heading, config, length) =>
  page([NgOtpInputComponent], `<h1>${heading}</h1><ng-otp-input [config]="${config}" (onInputChange)="changed($event, ${length})"></ng-otp-input>`);
const prime = (heading, length) => page([FormsModule, InputOtp],
  `<h1>${heading}</h1><style>input { width: 2.5rem }</style>
   <p-inputOtp [length]="${length}" [integerOnly]="true" [(ngModel)]="code" (onChange)="changed($event.value, ${length})"></p-inputOtp>`);
const model = page([FormsModule], `<h1>Two-factor authentication</h1><label>Authenticator code
  <input name="code" maxlength="6" [(ngModel)]="code" (ngModelChange)="changed($event, 6)"></label>`);

const pages = {
  "ng-otp-input": {expect: "filled", submits: 1, draw: otp("Two-factor authentication", "six", 6)},
  "ng-otp-input of type password": {expect: "filled", submits: 1, draw: otp("Code from your authenticator app", "password", 6)},
  "PrimeNG InputOtp": {expect: "filled", submits: 1, draw: prime("Enter the code from your authenticator app", 6)},
  "a field with ngModel": {expect: "filled", submits: 1, draw: model},
  "ng-otp-input of four": {expect: "fill_no_field", draw: otp("Two-factor authentication", "four", 4)},
  "ng-otp-input for a code by e-mail": {expect: "fill_no_field", draw: otp("We e-mailed a code to j•••@example.test", "six", 6)},
  "PrimeNG InputOtp for a code by text message": {expect: "fill_no_field", draw: prime("Enter the code that we texted to your phone", 6)},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
pages[decodeURIComponent(location.hash.slice(1))]?.draw();
