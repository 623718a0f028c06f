/* The fee calculator's form: shows the fields a procedure needs, asks the server, shows what it says.
   It works out no amount; a fact that is left empty is left open. Nothing is kept. */
import { h } from "./dom.js";
import { drawChart } from "./chart.js";
import { drawSheet } from "./sheet.js";

const API = "/api/v1/fees/estimate";
const MOST_APPLICANTS = 20;
const NEEDS = {
  patent_filing: ["filed_on", "on_paper"],
  exam_request: ["claims", "filed_on", "requested_on", "isr_by", "search_report_submitted", "requests_this_fiscal_year", "on_paper"],
  patent_annuity: ["claims", "years", "requested_on", "paid_on", "late"],
  pct_filing: ["pages", "filed_on", "on_paper"],
  pct_preliminary_examination: ["paid_on"],
  utility_filing: ["claims", "filed_on", "on_paper"],
  utility_registration: ["claims", "years", "paid_on", "late"],
  utility_evaluation: ["claims", "paid_on", "on_paper"],
  design_filing: ["designs", "filed_on", "on_paper"],
  design_registration: ["designs", "years", "filed_on", "paid_on", "late"],
  trademark_filing: ["classes", "filed_on", "on_paper"],
  trademark_registration: ["classes", "paid_by_instalment", "paid_on", "late"],
  trademark_renewal: ["classes", "paid_by_instalment", "paid_on", "late"],
};
const NOT_REDUCIBLE = new Set(["patent_filing", "design_filing", "design_registration", "trademark_filing", "trademark_registration", "trademark_renewal"]);
const NUMBERS = ["claims", "classes", "designs", "pages", "requests_this_fiscal_year"];
const DATES = ["filed_on", "requested_on", "paid_on", "first_instalment_on"];
const CHECKS = ["paid_by_instalment", "late", "on_paper", "search_report_submitted"];
const FLAGS = ["welfare", "resident_tax_exempt", "income_tax_exempt", "business_tax_exempt", "corporate_tax_exempt"];
const NO_TAX = { welfare: false, resident_tax_exempt: false, income_tax_exempt: false };
const W = {
  choose: "手続を選んでください。", number: "数だけで入れてください（例：10）。", money: "数で入れてください（例：3000000、300万）。",
  problems: "入力を確かめてください", busy: "計算しています…", done: "計算しました。", reset: "入力を消しました。",
  down: "いまは計算できません。通信を確かめて、もう一度「計算する」を押してください。",
  applicant: (number) => `出願人${number}`, added: (number) => `出願人${number}を足しました。`, removed: "出願人を消しました。",
};
const form = document.getElementById("calculator");
const list = document.getElementById("applicants");
const result = document.getElementById("result");
const state = document.getElementById("state");
const problems = document.getElementById("problems");
let asking = null;

/* ---------- what is shown ---------- */
const field = (name) => form.querySelector(`[data-field="${name}"]`);
const control = (name) => document.getElementById(name);

function arrange() {
  const procedure = control("procedure").value;
  const needs = new Set(NEEDS[procedure] ?? []);
  if (needs.has("on_paper") && control("on_paper").checked) needs.add("pages");
  if (needs.has("paid_by_instalment") && control("paid_by_instalment").checked) needs.add("first_instalment_on");
  for (const one of form.querySelectorAll("[data-field]")) {
    const name = one.dataset.field;
    if (name !== "procedure" && name !== "applicants") one.hidden = !needs.has(name);
  }
  const free = NOT_REDUCIBLE.has(procedure);
  document.getElementById("not-reducible").hidden = !free;
  list.hidden = free;
  document.getElementById("add").hidden = free;
  const several = list.children.length > 1;
  [...list.children].forEach((one, index) => {
    one.querySelector(".who").textContent = W.applicant(index + 1);
    one.querySelector(".who").hidden = !several;
    one.setAttribute("aria-label", W.applicant(index + 1));
    one.querySelector("[data-name=share]").hidden = !several;
    one.querySelector(".remove").hidden = !several;
  });
}

let made = 0;
function addApplicant() {
  if (list.children.length >= MOST_APPLICANTS) return null;
  const one = document.getElementById("applicant-form").content.firstElementChild.cloneNode(true);
  made += 1;
  for (const box of one.querySelectorAll("[data-name]")) {
    const id = `applicant-${made}-${box.dataset.name}`;
    const input = box.querySelector("select, input");
    const error = box.querySelector(".error");
    const hint = box.querySelector(".hint");
    input.id = id;
    error.id = `${id}-error`;
    if (hint) hint.id = `${id}-hint`;
    input.setAttribute("aria-describedby", `${hint ? `${id}-hint ` : ""}${id}-error`);
    box.querySelector("label").htmlFor = id;
  }
  one.querySelector(".remove").addEventListener("click", () => {
    const next = one.previousElementSibling ?? one.nextElementSibling;
    one.remove();
    arrange();
    state.textContent = W.removed;
    (next?.querySelector("select") ?? document.getElementById("add")).focus();
  });
  list.append(one);
  arrange();
  return one;
}

function empty() {
  clearProblems();
  form.reset();
  list.replaceChildren();
  return addApplicant();
}

/* ---------- reading the form ---------- */
const plain = (value) => value.normalize("NFKC").replace(/[\s,、]/g, "");

/* A whole number as people type it; null: empty, undefined: not a number. */
export function readNumber(value) {
  const found = /^(-?\d+(?:\.\d+)?)(億|万|千)?(\d+)?(万)?(?:円|人|名|枚|項|区分|年|件)?$/.exec(plain(value));
  if (!plain(value)) return null;
  if (!found) return undefined;
  const unit = { 億: 100000000, 万: 10000, 千: 1000 }[found[2]] ?? 1;
  const rest = found[3] ? Number(found[3]) * (found[4] ? 10000 : 1) : 0;
  const number = Number(found[1]) * unit + rest;
  return Number.isSafeInteger(number) && (found[2] || !found[3]) ? number : undefined;
}

const shiftedDay = (years, days) => {
  const now = new Date(Date.now() + 9 * 3600000);
  now.setUTCFullYear(now.getUTCFullYear() - years);
  now.setUTCDate(now.getUTCDate() - days);
  return now.toISOString().slice(0, 10);
};

function readApplicant(one, wrong) {
  const found = {};
  const value = (name) => one.querySelector(`[data-name=${name}] :is(select, input)`).value.trim();
  const checked = (name) => one.querySelector(`[data-name=${name}] input`).checked;
  for (const name of ["kind", "industry", "founded_on"]) if (value(name)) found[name] = value(name);
  for (const name of ["employees", "capital_yen"]) {
    const number = readNumber(value(name));
    if (number === undefined) wrong.push([one.querySelector(`[data-name=${name}] input`), name === "employees" ? W.number : W.money]);
    else if (number !== null) found[name] = number;
  }
  if (!found.founded_on && value("founded")) found.founded_on = value("founded") === "old" ? shiftedDay(11, 0) : shiftedDay(0, 365);
  const tax = value("tax");
  if (tax) Object.assign(found, tax in NO_TAX || tax === "none" ? NO_TAX : {}, tax === "none" ? {} : { [tax]: true });
  for (const name of ["fukushima_plan", "r_and_d_sme"]) if (checked(name)) found[name] = true;
  for (const name of ["largest_large_company_share", "total_large_company_share"]) if (value(name)) found[name] = value(name);
  if (list.children.length > 1 && value("share")) found.share = value("share");
  return found;
}

function readForm() {
  const wrong = [];
  const body = { procedure: control("procedure").value };
  if (!body.procedure) wrong.push([control("procedure"), W.choose]);
  const shown = (name) => !field(name).hidden;
  for (const name of NUMBERS.filter(shown)) {
    const number = readNumber(control(name).value);
    if (number === undefined) wrong.push([control(name), W.number]);
    else if (number !== null) body[name] = number;
  }
  for (const name of DATES.filter(shown)) if (control(name).value) body[name] = control(name).value;
  for (const name of CHECKS.filter(shown)) if (control(name).checked) body[name] = true;
  if (shown("isr_by") && control("isr_by").value) body.isr_by = control("isr_by").value;
  if (shown("years")) {
    const first = readNumber(control("years").value);
    const last = readNumber(control("years-to").value);
    if (first === undefined || last === undefined) wrong.push([control("years"), W.number]);
    else if (first !== null || last !== null) body.years = [first ?? last, last ?? first];
  }
  if (!list.hidden) {
    const applicants = [...list.children].map((one) => readApplicant(one, wrong));
    if (applicants.length > 1 || Object.keys(applicants[0] ?? {}).length) body.applicants = applicants;
  }
  return { body, wrong };
}

/* ---------- problems, each at its field ---------- */
function clearProblems() {
  problems.hidden = true;
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
}

function placeOf(name) {
  const [, index, told] = /^applicants\.(\d+)\.([a-z_]+)/.exec(name) ?? [null, 0, name];
  const fact = FLAGS.includes(told) ? "tax" : told;
  if (/^applicants\.\d/.test(name) || list.querySelector(`[data-name=${CSS.escape(fact)}]`)) return list.children[Number(index)]?.querySelector(`[data-name=${fact}] :is(select, input)`) ?? null;
  if (name.startsWith("applicants")) return list.querySelector("select");
  const own = control(name.split(".")[0]);
  return own && form.contains(own) ? own : null;
}

function labelOf(input) {
  const box = input.closest(".field");
  const label = box.querySelector("label, .label").firstChild.textContent.trim() || box.querySelector("label").textContent.trim();
  const one = input.closest(".applicant");
  return one && list.children.length > 1 ? `${one.getAttribute("aria-label")} ${label}` : label;
}

function showProblems(wrong) {
  const items = wrong.map(([input, reason]) => {
    if (!input) return h("li", {}, reason);
    const error = document.getElementById(`${input.id}-error`);
    error.textContent = reason;
    error.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.closest("details")?.setAttribute("open", "");
    const go = (event) => { event.preventDefault(); input.focus(); };
    return h("li", {}, h("a", { href: `#${input.id}`, onclick: go }, `${labelOf(input)}：${reason}`));
  });
  problems.replaceChildren(h("h2", {}, W.problems), h("ul", {}, ...items));
  problems.hidden = false;
  problems.focus();
}

/* ---------- asking ---------- */
async function ask(body, signal) {
  const response = await fetch(API, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
  return { status: response.status, answer: await response.json() };
}

/* What the same holder pays over the years of the right; null where the procedure has none. */
function lifeOf(body) {
  const { applicants, claims, requested_on: requested, paid_on: paid } = body;
  const more = { applicants, claims, ...(requested ? { requested_on: requested } : {}), ...(paid ? { paid_on: paid } : {}) };
  if (["exam_request", "patent_annuity"].includes(body.procedure) && claims) return { ...more, procedure: "patent_annuity", years: [1, 20] };
  if (body.procedure.startsWith("utility") && claims) return { ...more, requested_on: undefined, procedure: "utility_registration", years: [1, 10] };
  if (body.procedure === "design_registration") return { procedure: "design_registration", designs: body.designs, paid_on: paid, filed_on: body.filed_on, years: [1, 20] };
  return null;
}

async function calculate({ quiet = false } = {}) {
  clearProblems();
  const { body, wrong } = readForm();
  if (wrong.length) { result.hidden = true; showProblems(wrong); return; }
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  state.textContent = W.busy;
  try {
    const { status, answer } = await ask(body, signal);
    if (status === 422) {
      result.hidden = true;
      state.textContent = "";
      showProblems((answer.fields ?? []).map(({ field: name, reason }) => [placeOf(name), reason]));
      return;
    }
    if (status !== 200) throw new TypeError(answer.detail);
    const life = lifeOf(body);
    const years = life ? await ask(life, signal) : null;
    const sheet = document.getElementById("sheet");
    sheet.replaceChildren(...drawSheet(answer, factsUsed(), labelOfFact));
    if (years?.status === 200) sheet.querySelector("[data-chart]").append(...drawChart(years.answer));
    result.hidden = false;
    state.textContent = W.done;
    if (!quiet) document.getElementById("result-title").focus();
    remember();
  } catch (error) {
    if (error.name === "AbortError") return;
    result.hidden = true;
    state.textContent = "";
    showProblems([[null, W.down]]);
  }
}

/* Everything filled in, for the sheet and for paper. */
function factsUsed() {
  const shown = [...form.querySelectorAll(".field")].filter((one) => !one.hidden && !one.closest("[hidden]"));
  return shown.flatMap((box) => {
    const inputs = [...box.querySelectorAll("select, input")];
    const values = inputs.map((one) => {
      if (one.type === "checkbox") return one.checked ? "はい" : "";
      if (one.tagName === "SELECT") return one.value ? one.selectedOptions[0].textContent : "";
      return one.value.trim();
    }).filter(Boolean);
    return values.length ? [[labelOf(inputs[0]), values.join("〜")]] : [];
  });
}

function labelOfFact(name) {
  const place = placeOf(name);
  return place ? { label: labelOf(place), id: place.id } : { label: name, id: null };
}

/* ---------- the facts in the address, after # ---------- */
const CONTROLS = { applicant: ["kind", "industry", "employees", "capital_yen", "founded", "founded_on", "largest_large_company_share", "total_large_company_share"] };

function recall() {
  const told = new URLSearchParams(location.hash.slice(1));
  if (!told.get("procedure")) return false;
  const one = empty();
  for (const [name, value] of told) {
    if (name === "years") {
      const [first, last] = value.split("-");
      control("years").value = first;
      control("years-to").value = last ?? first;
    }
    else if (CHECKS.includes(name)) control(name).checked = value === "true";
    else if ([...NUMBERS, ...DATES, "procedure", "isr_by"].includes(name)) control(name).value = value;
    else if (CONTROLS.applicant.includes(name)) one.querySelector(`[data-name=${name}] :is(select, input)`).value = value;
    else if (["fukushima_plan", "r_and_d_sme"].includes(name)) one.querySelector(`[data-name=${name}] input`).checked = value === "true";
  }
  const flag = FLAGS.find((name) => told.get(name) === "true") ?? (told.get("welfare") === "false" ? "none" : "");
  one.querySelector("[data-name=tax] select").value = flag;
  arrange();
  return true;
}

function remember() {
  if (list.children.length > 1) { history.replaceState(null, "", location.pathname); return; }
  const told = new URLSearchParams();
  const one = list.firstElementChild;
  for (const name of ["procedure", ...NUMBERS, ...DATES, "isr_by"]) if (control(name).value && !control(name).closest("[hidden]")) told.set(name, plain(control(name).value));
  for (const name of CHECKS) if (control(name).checked && !field(name).hidden) told.set(name, "true");
  if (!field("years").hidden && control("years").value) told.set("years", [control("years").value, control("years-to").value || control("years").value].map(plain).join("-"));
  if (!list.hidden) {
    for (const name of CONTROLS.applicant) {
      const { value } = one.querySelector(`[data-name=${name}] :is(select, input)`);
      if (value) told.set(name, value.trim());
    }
    for (const name of ["fukushima_plan", "r_and_d_sme"]) if (one.querySelector(`[data-name=${name}] input`).checked) told.set(name, "true");
    const tax = one.querySelector("[data-name=tax] select").value;
    if (tax === "none" || tax in NO_TAX) for (const name of Object.keys(NO_TAX)) told.set(name, String(name === tax));
    else if (tax) told.set(tax, "true");
  }
  history.replaceState(null, "", `#${told}`);
}

/* ---------- start ---------- */
form.addEventListener("submit", (event) => { event.preventDefault(); calculate(); });
form.addEventListener("change", arrange);
document.getElementById("clear").addEventListener("click", () => {
  empty();
  result.hidden = true;
  history.replaceState(null, "", location.pathname);
  state.textContent = W.reset;
  control("procedure").focus();
});
document.getElementById("add").addEventListener("click", () => {
  const one = addApplicant();
  if (!one) return;
  state.textContent = W.added(list.children.length);
  one.querySelector("select").focus();
});
document.getElementById("print").addEventListener("click", () => {
  for (const one of result.querySelectorAll("details")) one.open = true;
  window.print();
});
addEventListener("hashchange", () => { if (recall()) calculate({ quiet: true }); });
addApplicant();
arrange();
if (recall()) calculate({ quiet: true });
