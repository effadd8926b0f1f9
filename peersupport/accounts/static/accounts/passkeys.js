// Passkeys (WebAuthn): signing in with one, confirming with one, adding one.
// Each form waits hidden; it appears where the browser can do it, and posts what the device answered.

const able = Boolean(window.PublicKeyCredential && navigator.credentials);

function toBytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Bytes travel as base64url in JSON; the browser wants and gives buffers.
function opened(options) {
  const inside = { ...options, challenge: toBytes(options.challenge) };
  if (inside.user) inside.user = { ...inside.user, id: toBytes(inside.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    inside[list] = (inside[list] ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));
  }
  return inside;
}

function packed(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = toText(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function optionsOnPage() {
  return JSON.parse(document.getElementById("passkey-options").textContent);
}

async function signIn(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`asking for a challenge: ${answer.status}`);
  const { request_options: options } = await answer.json();
  return navigator.credentials.get({ publicKey: opened(options.publicKey) });
}

function confirm() {
  const { request_options: options } = optionsOnPage();
  return navigator.credentials.get({ publicKey: opened(options.publicKey) });
}

function add(form) {
  const { creation_options: options } = optionsOnPage();
  const publicKey = opened(options.publicKey);
  const alone = form.elements.passwordless?.checked ?? false;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  };
  return navigator.credentials.create({ publicKey });
}

const ceremonies = { "sign-in": signIn, confirm, add };

async function perform(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  const button = form.querySelector("button");
  failed.hidden = true;
  button.disabled = true;
  try {
    const credential = await ceremonies[form.dataset.passkey](form);
    form.elements.credential.value = packed(credential);
    form.submit();
  } catch {
    // Cancelled, timed out, or no fitting key: the browser does not say which, on purpose.
    failed.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    perform(form);
  });
}
for (const note of document.querySelectorAll("[data-passkey-missing]")) note.hidden = able;
