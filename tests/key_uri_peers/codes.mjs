// Reads key URIs, one per line, and a time in seconds. For each URI, prints the codes of two JavaScript libraries, or
// "-" if a library rejects the URI.
import { readFileSync } from "node:fs";
import { parse } from "@otplib/uri";
import { URI } from "otpauth";
import { generateSync } from "otplib";

const [file, moment] = process.argv.slice(2);

function ofOtpauth(uri) {
  const otp = URI.parse(uri);
  return otp.generate({ timestamp: Number(moment) * 1000, counter: otp.counter });
}

function ofOtplib(uri) {
  const { type, params } = parse(uri);
  const guardrails = undefined;
  if (type === "hotp") return generateSync({ strategy: "hotp", ...params, counter: params.counter ?? 0, guardrails });
  return generateSync({ ...params, epoch: Number(moment), guardrails });
}

function attempt(read, uri) {
  try {
    return read(uri) || "-";
  } catch {
    return "-";
  }
}

for (const uri of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
  console.log(`${attempt(ofOtpauth, uri)}\t${attempt(ofOtplib, uri)}`);
}
