// The portal as a person uses it: signing in, and the pages there are.
//
// A new page: add it to PAGES. It is then photographed and checked wherever the list is used.
import assert from "node:assert/strict";

/** Signs in through the form, with JavaScript or without. */
export async function signIn(page, url, { email, password }) {
  await page.goto(`${url}/sign-in`);
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await page.click("main form:has(input[name=password]) button");
  await page.waitForURL((now) => now.pathname !== "/sign-in");
}

/** Presses one half of a switch of the AI-training programme and waits until the page says so. */
export async function choose(page, category, word) {
  const row = page.locator("main li", { has: page.locator(`[id='c-mci-${category}']`) });
  await row.getByRole("button", { name: word, exact: true }).click();
  await row.locator(".switch button[aria-pressed='true']", { hasText: word }).waitFor();
}

/**
 * `role`: who looks at it (null: nobody is signed in). `follow`: a link on that page that leads to
 * the one meant, for pages whose address has an id.
 */
export const PAGES = [
  { name: "sign-in", path: "/sign-in", role: null },
  { name: "programs", path: "/programs", role: null },
  { name: "ledger", path: "/ledger", role: null },
  { name: "agent-api", path: "/docs/api", role: null },
  { name: "overview", path: "/", role: "employee" },
  { name: "choices", path: "/choices", role: "employee" },
  { name: "activity", path: "/activity", role: "employee" },
  { name: "notices", path: "/notices", role: "employee" },
  { name: "notice", path: "/notices", role: "employee", follow: "main a[href^='/notices/']" },
  { name: "requests", path: "/requests", role: "employee" },
  { name: "request", path: "/requests", role: "employee", follow: "main a[href^='/requests/']:not([href='/requests/new'])" },
  { name: "new-request", path: "/requests/new?program=mci", role: "employee" },
  { name: "receipts", path: "/receipts", role: "employee" },
  { name: "receipt", path: "/receipts", role: "employee", follow: "main .timeline a[href^='/receipts/']" },
  { name: "account", path: "/account", role: "employee" },
  { name: "manage-programs", path: "/manage/programs", role: "privacy_officer" },
  { name: "manage-pause", path: "/manage/programs/mci/pause", role: "privacy_officer" },
  { name: "manage-notices", path: "/manage/notices", role: "publisher" },
  { name: "manage-new-notice", path: "/manage/notices/new", role: "publisher" },
];

/** Goes to a page of the list, and asserts that it is there. */
export async function goTo(page, url, { path, follow }) {
  let answer = await page.goto(url + path);
  if (follow) {
    const link = page.locator(follow).first();
    assert.ok(await link.count(), `${path} has no link like ${follow}`);
    answer = await page.goto(new URL(await link.getAttribute("href"), page.url()).href);
  }
  assert.equal(answer.status(), 200, `${answer.url()} answered ${answer.status()}`);
  return answer;
}
