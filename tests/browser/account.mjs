// Staff without JavaScript at 360 px: the first administrator, an invitation by mail, log-in with a
// password and a code, and every page of administration. Each page on the way is judged.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { browse, collect, equal, judgeHtml, judgeNu, judgeWidth, ok, picture, plain, plan, serve, totp, watch } from './lib.mjs';

const server = await serve();
const browser = await browse();
const strays = [];
const password = 'korv stol moln tre';

// ---- letters, as files --------------------------------------------------------------------------
const read = new Set();
async function letter() {
	for (let tries = 0; tries < 100; tries++) {
		for (const name of readdirSync(join(server.data, 'outbox')).filter((n) => n.endsWith('.eml') && !read.has(n))) {
			read.add(name);
			const text = readFileSync(join(server.data, 'outbox', name), 'utf8');
			return plain(text);
		}
		await new Promise((done) => setTimeout(done, 200));
	}
	throw new Error('no letter came');
}

// Presses and waits for the page that comes, for forms come back to the same address.
async function press(page, what) {
	await Promise.all([page.waitForEvent('load'), page.locator(what).first().click()]);
}

async function person(lang) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	return {
		page, context,
		go: (path) => page.goto(path.startsWith('http') ? path : `${server.address}/${lang}/staff${path}`),
		main: () => press(page, '.btn.main'),
		press: (what) => press(page, what),
		// Looks at where we are: markup and picture; one button at most that stands out.
		seen: async (name) => {
			const text = await page.content();
			collect(`staff-${name}`, text);
			const faults = await judgeHtml(text);
			ok(faults.length === 0, `${name}: html-validate finds nothing`, faults.join('\n'));
			ok(await page.locator('.btn.main').count() <= 1, `${name}: one main button`);
			equal(await page.locator('h1').count(), 1, `${name}: one heading`);
			equal(await judgeWidth(page), '', `${name}: nothing wider than the window`);
			ok(!text.includes('[s.') && !text.includes('[p.'), `${name}: every word is there`);
			await picture(page, `staff-${name}`);
		},
	};
}
const wrong = async (p, name) => {
	equal(await p.page.locator('[role=alert]').count(), 1, `${name}: it says what to do`);
	await p.seen(name);
};

// ---- the first administrator ---------------------------------------------------------------------
async function setUp(p, name) {
	await p.page.waitForSelector('svg.qr');
	await p.seen(`${name}-phone`);
	const secret = await p.page.locator('details b').textContent();
	await p.page.fill('#code', '000000');
	await p.main();
	await wrong(p, `${name}-phone-wrong`);
	equal(await p.page.locator('details b').textContent(), secret, `${name}: a wrong code keeps the picture`);
	await p.page.fill('#code', totp(secret));
	await p.main();
	await p.seen(`${name}-codes`);
	const codes = await p.page.locator('.codes li').allTextContents();
	equal(new Set(codes).size, 10, `${name}: ten different recovery codes`);
	return { secret, codes };
}

const eva = await person('sv');
await eva.go(server.first);
await eva.seen('first');
await eva.page.fill('#programme', 'Kompis Norrbotten');
await eva.page.fill('#name', 'Eva Lind');
await eva.page.fill('#email', 'Eva@Example.org');
await eva.page.fill('#new_password', 'password1234');
await eva.main();
await wrong(eva, 'first-wrong');
equal(await eva.page.inputValue('#name'), 'Eva Lind', 'what was typed stays');
await eva.page.fill('#new_password', password);
await eva.main();
const phone = await setUp(eva, 'first');
await eva.main();
await eva.go(server.first);
ok((await eva.page.content()).includes('Länken är använd'), 'the first link works once');

// ---- the programme ------------------------------------------------------------------------------------
await eva.go('/programme');
await eva.seen('programme-empty');
await eva.page.fill('#funder', 'Länsstyrelsen i Norrbotten');
await eva.page.fill('#office', 'Föreningen, Storgatan 1, Luleå');
await eva.page.fill('#office_phone', '0920-123 45');
await eva.page.fill('#office_email', 'hej@example.org');
await eva.page.fill('#from', '2021-09-01');
await eva.page.fill('#to', '2020-12-31');
await eva.page.fill('#goal', '120');
await eva.page.fill('#more', 'luleå, Boden, 2581, Nånstans');
await eva.main();
await wrong(eva, 'programme-wrong');
equal(await eva.page.inputValue('#more'), 'luleå, Boden, 2581, Nånstans', 'municipalities typed stay');
await eva.page.fill('#to', '2022-12-31');
await eva.page.fill('#more', 'luleå, Boden, 2581, Gällivare');
await eva.main();
await eva.seen('programme');
equal(await eva.page.locator('[name=municipalities]:checked').count(), 4, 'four municipalities');
const other = await eva.context.newPage();
await other.goto(eva.page.url());
await other.fill('#goal', '130');
await press(other, '.btn.main');
await eva.page.fill('#funder', 'Någon annan');
await eva.main();
await wrong(eva, 'programme-changed');
await eva.main();
await eva.go('/programme');
equal(await eva.page.inputValue('#funder'), 'Någon annan', 'and saved when one wants');
await eva.press('aside .btn.wide');
await eva.seen('place-new');
await eva.main();
await wrong(eva, 'place-wrong');
await eva.page.fill('#place', 'Biblioteket');
await eva.page.selectOption('#municipality', '2580');
await eva.page.fill('#address', 'Kyrkogatan 15');
await eva.main();
await eva.press('aside .task .btn');
await eva.page.check('[name=closed]');
await eva.seen('place');
await eva.main();
await eva.seen('programme-place');
equal(await eva.page.locator('aside .badge').count(), 1, 'a place can be closed');

// ---- texts ----------------------------------------------------------------------------------------------
await eva.go('/texts');
await eva.seen('texts');
await eva.go('/texts/p.start.what?in=sv');
await eva.seen('text');
await eva.page.fill('#text', 'Vi ses <b>hos oss</b>.');
await eva.main();
await eva.seen('texts-own');
await other.goto(`${server.address}/sv/`);
ok((await other.content()).includes('Vi ses &lt;b&gt;hos oss&lt;/b&gt;.'), 'a text of one\'s own shows, as text');
await other.goto(`${server.address}/en/`);
ok(!(await other.content()).includes('hos oss'), 'in its language only');
await eva.go('/texts/p.start.what?in=sv');
await eva.press('section a.btn');
await eva.seen('text-back');
await eva.press('form button.bad');
await other.goto(`${server.address}/sv/`);
ok(!(await other.content()).includes('hos oss'), 'and goes back to the file\'s');
equal((await eva.go('/texts/s.menu?in=sv')).status(), 404, 'no other text can be replaced');

// ---- texts of messages ----------------------------------------------------------------------------------
const refuses = async (key, lang, text, words, what) => {
	await eva.go(`/texts/${key}?in=${lang}`);
	await eva.page.fill('#text', text);
	await eva.main();
	const body = await eva.page.locator('body').innerText();
	ok(body.includes(words) && await eva.page.inputValue('#text') === text, what, body);
};
await refuses('mail.login.body', 'sv', 'Hej!', '{0} fattas', 'a letter without its code is refused, and stays as typed');
await refuses('mail.login.body', 'sv', 'Kod {0}, länk {1}, {2}', '{2} finns inte', 'so is one with something more');
await refuses('mail.login.body', 'sv', 'Kod {0}, länk {1} {namn}', '{namn} finns inte', 'or with a name of its own');
await refuses('sms.login', 'sv', `{0} {1} ${'å'.repeat(30)}`, 'högst 70', 'an SMS that is too long is refused, with its length');
await eva.go('/texts/mail.login.body?in=ar');
await eva.page.fill('#text', 'مرحبا\n\nرمزك {0}\n<b>{1}</b>');
await eva.press('button[name=look]');
await eva.seen('text-look');
const looks = eva.page.locator('section[aria-labelledby=look]');
ok(await looks.locator('div[dir=rtl][lang=ar]').count() === 1 && (await looks.innerText()).includes('123456'), 'a letter can be looked at first, in its direction');
ok((await looks.innerHTML()).includes('&lt;b&gt;'), 'as text');
await eva.go('/texts/mail.login.body?in=ar');
ok(!(await eva.page.inputValue('#text')).includes('مرحبا'), 'and looking keeps nothing');
await eva.go('/texts/sms.login?in=sv');
await eva.page.fill('#text', 'Koden är {0} {1}');
await eva.main();
await eva.go('/texts/sms.login?in=sv');
await eva.seen('text-sms');
equal(await eva.page.inputValue('#text'), 'Koden är {0} {1}', 'an SMS in one\'s own words');

// ---- an invitation ---------------------------------------------------------------------------------------
await eva.go('/accounts');
await eva.seen('accounts');
await eva.main();
await eva.seen('invite');
await eva.page.fill('#name', 'Åsa Öberg');
await eva.page.fill('#email', 'asa@example.org');
await eva.page.check('[name=role][value=coordinator]');
await eva.main();
await wrong(eva, 'invite-wrong');
await eva.page.check('[name=where][value="2580"]');
await eva.main();
await eva.seen('account-invited');
ok((await eva.page.content()).includes('Luleå'), 'the account is there');
await eva.go('/accounts/new');
await eva.page.fill('#name', 'Åsa igen');
await eva.page.fill('#email', 'ASA@example.org');
await eva.page.check('[name=role][value=coordinator]');
await eva.page.check('[name=where][value=all]');
await eva.main();
await wrong(eva, 'invite-twice');

const letters = await letter();
const link = letters.match(/http\S+/)[0];
const asa = await person('sv');
for (let scans = 0; scans < 3; scans++)
	await asa.go(link);
await asa.seen('invited');
await asa.page.fill('#new_password', 'asa asa asa asa');
await asa.main();
await wrong(asa, 'invited-wrong');
await asa.page.fill('#new_password', password);
await asa.main();
const asas = await setUp(asa, 'invited');
equal((await asa.go(link)).status(), 404, 'a link works once');

// ---- what a coordinator does not see ------------------------------------------------------------------------
const bare = (text) => text.replaceAll(/value="[0-9a-z]+"/g, '');
const missing = bare(await (await asa.go('/nothing')).text());
for (const path of ['/accounts', '/accounts/new', '/programme', '/texts', '/outbox', '/jobs', '/doctor']) {
	const answer = await asa.go(path);
	equal(answer.status(), 404, `a coordinator has no ${path}`);
	ok(bare(await answer.text()).length <= missing.length + 5000, `${path}: no word of it`);
	ok(!(await answer.text()).includes('Åsa igen'), `${path}: nothing leaks`);
}
await asa.go('/account');
equal(await asa.page.locator('nav a[href$="/staff/accounts"]').count(), 0, 'nor is it in the menu');
await asa.seen('own');
await asa.page.fill('#name', '');
await asa.main();
await wrong(asa, 'own-wrong');
await asa.page.fill('#name', 'Åsa Ö');
await asa.main();
equal(await asa.page.locator('[role=status]').count(), 1, 'a name is saved');
await asa.go('/help');
await asa.seen('help');
await asa.go('/account/recovery');
await asa.page.fill('#password', 'not this one at all');
await asa.main();
await wrong(asa, 'recovery-wrong');
await asa.page.fill('#password', password);
await asa.main();
await asa.seen('recovery-codes');
const fresh = await asa.page.locator('.codes li').allTextContents();
await asa.go('/account/password');
await asa.seen('password');
await asa.page.fill('#password', password);
await asa.page.fill('#new_password', `${password} igen`);
await asa.main();
equal(await asa.page.locator('[role=status]').count(), 1, 'a password is changed');
await asa.press('form[action$="/logout"] button');
await asa.seen('login-after');

// ---- logging in -----------------------------------------------------------------------------------------------
async function logIn(p, email, word) {
	await p.go('/login');
	await p.page.fill('#email', email);
	await p.page.fill('#password', word);
	await p.main();
}
const said = [];
for (const [email, word] of [['asa@example.org', 'wrong wrong wrong'], ['nobody@example.org', 'wrong wrong wrong'], ['nobody@localhost', 'x']]) {
	await logIn(asa, email, word);
	said.push((await asa.page.content()).replaceAll(/value="[^"]*"/g, ''));
}
ok(said[0] === said[1] && said[1] === said[2], 'wrong, unknown and no real address say the same');
await asa.seen('login-wrong');
await logIn(asa, 'asa@example.org', `${password} igen`);
await asa.seen('second');
await asa.go('/account');
ok(asa.page.url().endsWith('/staff/login'), 'half a log-in is none');
await logIn(asa, 'asa@example.org', `${password} igen`);
await asa.page.fill('#code', asas.codes[0]);
await asa.main();
await wrong(asa, 'second-wrong');
await asa.page.fill('#code', fresh[0].toUpperCase());
await asa.main();
ok(/\/sv\/staff$/.test(asa.page.url()), 'a recovery code lets one in', asa.page.url());

// ---- role, lock, phone -------------------------------------------------------------------------------------------
await eva.go('/accounts');
await eva.press('tbody a:has-text("Eva Lind")');
await eva.page.check('[name=role][value=coordinator]');
await eva.main();
await wrong(eva, 'account-last');
equal(await eva.page.locator('.btn.bad').count(), 0, 'nobody can lock oneself');
await eva.go('/accounts');
await eva.press('tbody a:has-text("Åsa Ö")');
const asasPage = eva.page.url();
await eva.page.check('[name=role][value=interviewer]');
await eva.main();
ok(await eva.page.isChecked('[name=role][value=interviewer]'), 'a role is changed');
await eva.press('.btn.bad');
await eva.seen('lock');
await eva.press('.btn.bad');
await eva.seen('account-locked');
await asa.go('/account');
ok(asa.page.url().endsWith('/staff/login'), 'who is locked out is out at once');
await logIn(asa, 'asa@example.org', `${password} igen`);
equal((await asa.page.content()).replaceAll(/value="[^"]*"/g, ''), said[0], 'and gets the same answer');
await eva.press('form[action$="/unlock"] button');
await eva.press('a[href$="/phone"]');
await eva.seen('phone');
await eva.press('.btn.bad');
await eva.page.goto(asasPage);
await eva.seen('account');
await asa.go((await letter()).match(/http\S+/)[0]);
await asa.seen('totp');
await asa.page.fill('#password', 'wrong wrong wrong');
await asa.main();
await wrong(asa, 'totp-wrong');
await asa.page.fill('#password', `${password} igen`);
await asa.main();
await setUp(asa, 'totp');
await eva.page.goto(asasPage);
await eva.press('form[action$="/link"] button');
await asa.go((await letter()).match(/http\S+/)[0]);
await asa.seen('reset');
await asa.page.fill('#new_password', `${password} nytt`);
await asa.main();
await logIn(asa, 'asa@example.org', `${password} nytt`);
equal(await asa.page.locator('#code').count(), 1, 'a new password by a link');

// ---- messages, findings -----------------------------------------------------------------------------------------------
await eva.go('/outbox?state=sent');
await eva.seen('outbox');
await eva.press('tbody a');
await eva.seen('message');
ok(!/[0-9a-z]{16}/.test(await eva.page.locator('pre').textContent()), 'no link can be read');
await eva.go('/outbox');
await eva.seen('outbox-empty');
await eva.go('/jobs');
await eva.seen('jobs');
// A full hour may strike meanwhile.
const rows = eva.page.locator('tbody tr');
equal(await rows.filter({ hasText: /Inte än|Gick bra|Pågår/ }).count(), await rows.count() - 1, 'what is done by itself was not yet, or is done');
equal(await eva.page.locator('tbody .badge', { hasText: 'Inte inställt' }).count(), 1, 'and copies are not set up');
await eva.press('form[action$="/jobs/sweep"] button');
ok(await eva.page.getByRole('status').count() > 0, 'it is said that it will be done');
const swept = rows.filter({ has: eva.page.locator('form[action$="/jobs/sweep"]') });
for (let tries = 0; tries < 100 && await swept.filter({ hasText: 'Gick bra' }).count() === 0; tries++) {
	await new Promise((done) => setTimeout(done, 200));
	await eva.go('/jobs');
}
equal(await swept.filter({ hasText: 'Gick bra' }).count(), 1, 'and it is');
await eva.seen('jobs-done');
await eva.go('/doctor');
await eva.seen('doctor');
await eva.go('/account');
await eva.press('form[action$="/logout"] button');
await eva.go('/login');
await eva.page.fill('#email', 'eva@example.org');
await eva.page.fill('#password', password);
await eva.main();
await eva.page.fill('#code', totp(phone.secret, 1));
await eva.main();
ok(/\/sv\/staff$/.test(eva.page.url()), 'six digits let one in', eva.page.url());

// ---- keys can be switched off --------------------------------------------------------------------------------------------------
const state = await eva.context.storageState();
for (const lang of ['sv', 'en']) {
	const context = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 900 } });
	const page = await context.newPage();
	await page.goto(`${server.address}/${lang}/staff/help`);
	await page.locator('#keys-on').uncheck();
	await page.keyboard.press('Escape');
	await page.locator('h1').click();
	await page.keyboard.press('1');
	ok(page.url().endsWith('/help'), `${lang}: keys can be switched off`);
	await context.close();
}
ok(strays.length === 0, 'nothing is asked of anyone else', strays.join('\n'));
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
await server.stop();
plan();
