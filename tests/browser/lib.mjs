// What the browser tests share: a server of their own, a browser, judges of a page, TAP.
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { HtmlValidate } from 'html-validate';

const require = createRequire(import.meta.url);
export const root = resolve(import.meta.dirname, '../..');
export const kompis = resolve(process.env.KOMPIS ?? join(root, 'build/release/kompis'));
export const pictures = process.env.PICTURES ? resolve(process.env.PICTURES) : null;

// ---- TAP ------------------------------------------------------------------------------
let count = 0, bad = 0;
export function ok(right, name, detail = '') {
	count++;
	if (!right)
		bad++;
	console.log(`${right ? 'ok' : 'not ok'} ${count} - ${name}`);
	if (!right && detail)
		console.log(String(detail).split('\n').map((l) => `# ${l}`).join('\n'));
	return right;
}
export function equal(have, want, name) {
	return ok(have === want, name, `have ${JSON.stringify(have)}, want ${JSON.stringify(want)}`);
}

// ---- a server over a directory of its own ------------------------------------------------
export function run(...args) {
	const done = spawnSync(kompis, args, { encoding: 'utf8', cwd: root, env: { ...process.env, LC_ALL: 'en_US.UTF-8' } });
	if (done.status !== 0)
		throw new Error(`kompis ${args.join(' ')}: ${done.stderr}`);
	return done.stdout;
}

// With KOMPIS_TEST_DATABASE (tests/pg/with) people and keys are in schemas of that PostgreSQL.
let schemas = 0;
function takeSchemas() {
	const url = process.env.KOMPIS_TEST_DATABASE, name = `b${process.pid}_${++schemas}`;
	if (!url)
		return;
	const done = spawnSync('psql', ['-q', url, '-c', `CREATE SCHEMA ${name}; CREATE SCHEMA ${name}_keys`], { encoding: 'utf8' });
	if (done.status !== 0)
		throw new Error(done.stderr);
	process.env.KOMPIS_DATABASE = `${url}&options=-csearch_path%3D${name}`;
	process.env.KOMPIS_KEYS = `${process.env.KOMPIS_DATABASE}_keys`;
}

// `home` of a server that was stopped with keep: what it kept goes on, `ahead` seconds later.
const faketime = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;
export async function serve({ demo = false, home = null, ahead = 0, env = {} } = {}) {
	const fresh = !home;
	home ??= mkdtempSync(join(tmpdir(), 'kompis-'));
	const data = join(home, 'data');
	if (fresh)
		takeSchemas();
	if (demo && fresh)
		run('demo', demo === true ? 'data/samples/norrbotten_400_clean.csv' : demo, '--data', data);
	const later = ahead ? { LD_PRELOAD: faketime, FAKETIME: `+${ahead}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1' } : {};
	const args = ['serve', '--data', data, '--port', '0', '--lang', 'en'];
	if (demo)
		args.push('--demo');
	const child = spawn(kompis, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { KOMPIS_PATIENCE_MS: '60000', ...process.env, ...later, ...env } });
	let out = '', log = '';
	child.stderr.on('data', (d) => { log += d; });
	const address = await new Promise((done, fail) => {
		child.stdout.on('data', (d) => {
			out += d;
			const hit = out.match(/http:\/\/[0-9.:]+/);
			if (hit && (!fresh || (demo ? /newcomer.*\n.*established.*\n/ : /invite/).test(out)))
				done(hit[0]);
		});
		child.on('exit', () => fail(new Error(`the server ended: ${log}`)));
		setTimeout(() => fail(new Error(`no server: ${out} ${log}`)), 60000).unref();
	});
	const links = Object.fromEntries([...out.matchAll(/^ {2}(\S.*?) {2,}(http\S+)/gm)].map((m) => [m[1].trim(), m[2]]));
	return {
		address, home, data, links, out: () => out, first: out.match(/http\S+invite\S+/)?.[0], log: () => log,
		stop: ({ keep = false } = {}) => new Promise((done) => {
			child.removeAllListeners('exit');
			child.on('exit', (code) => {
				if (!keep)
					rmSync(home, { recursive: true });
				done(code);
			});
			child.kill('SIGTERM');
		}),
	};
}

// ---- a browser -------------------------------------------------------------------------------
export async function browse() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
	});
}

// Notes every request that leaves the origin.
export function watch(page, address, strays) {
	page.on('request', (r) => {
		if (!r.url().startsWith(address) && !r.url().startsWith('data:'))
			strays.push(r.url());
	});
}

export async function picture(page, name) {
	if (pictures)
		await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

// What one sees of a page, for docs/pages and the guide, which name the pictures: `make pictures`.
const shown = process.env.SHOWN ? resolve(process.env.SHOWN) : null;
const album = shown ? ['README.md', '../guide-samordnare.md'].map((f) => readFileSync(join(shown, f), 'utf8')).join('') : '';
export async function show(page, name) {
	if (shown && new RegExp(`[(/]${name}\\.png\\)`).test(album))
		await page.screenshot({ path: join(shown, `${name}.png`) });
}

// The plain text of a letter as it lies in outbox/: its first part, in base64.
export function plain(letter) {
	return Buffer.from(letter.split('\r\n\r\n')[2].split('\r\n--')[0], 'base64').toString();
}

// What lies in outbox/ when there are n letters and SMS, as plain text, the oldest first.
export async function letters(server, n) {
	const box = join(server.data, 'outbox');
	for (let tries = 0; tries < 200; tries++) {
		const names = readdirSync(box).filter((f) => /\.(eml|sms)$/.test(f));
		if (names.length >= n)
			return names.map((f) => [statSync(join(box, f)).mtimeMs, readFileSync(join(box, f), 'utf8'), f])
				.sort((a, b) => a[0] - b[0]).map(([, t, f]) => (f.endsWith('.eml') ? plain(t) : t));
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error(`${n} letters did not come`);
}

// What a phone shows. RFC 6238: SHA-1, 30 s, six digits; the secret as base32 (RFC 4648).
export function totp(secret, later = 0) {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...secret.replaceAll(/[^A-Z2-7]/g, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
	const mac = createHmac('sha1', key).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// ---- judges --------------------------------------------------------------------------------------
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
// For pages with JavaScript on; contrast is checked at 7:1 too.
export async function judgeAxe(page) {
	if (!await page.evaluate(() => 'axe' in globalThis))
		await page.evaluate(axe);
	const found = await page.evaluate(async () => {
		const r = await globalThis.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			rules: { 'color-contrast-enhanced': { enabled: true } },
			resultTypes: ['violations'], preload: false, elementRef: false,
		});
		return r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' | ')}`);
	});
	return found;
}

const validator = new HtmlValidate({
	extends: ['html-validate:recommended'],
	rules: {
		'form-dup-name': ['error', { shared: ['radio', 'button', 'submit', 'checkbox'] }], // several answers to one question
		'long-title': 'off', // a question is as long as it is
		'no-trailing-whitespace': 'off',
		'void-style': 'off', 'doctype-style': 'off', 'attribute-boolean-style': 'off', 'attribute-empty-style': 'off',
		'no-implicit-button-type': 'off', // submitting is what our buttons do
		'prefer-native-element': 'off',
		'require-sri': 'off', // everything is from this origin
	},
});
export async function judgeHtml(text) {
	const report = await validator.validateString(text);
	return report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}

// The Nu checker, all pages in one run: it starts slowly.
const collected = new Map();
export function collect(name, text) {
	collected.set(name, text);
}
export function judgeNu() {
	const dir = mkdtempSync(join(tmpdir(), 'kompis-vnu-'));
	for (const [name, text] of collected)
		writeFileSync(join(dir, `${name.replaceAll('/', '_')}.html`), text);
	collected.clear();
	const done = spawnSync('java', ['-Xss2m', '-jar', require('vnu-jar').default ?? require('vnu-jar'), '--format', 'json', '--skip-non-html', '--stdout', dir], { encoding: 'utf8', maxBuffer: 1 << 26 });
	rmSync(dir, { recursive: true });
	return JSON.parse(done.stdout).messages.map((m) => `${m.url?.split('/').pop()} ${m.lastLine}: ${m.message}`);
}

// Nothing wider than the window, but what scrolls by itself.
export async function judgeWidth(page) {
	return page.evaluate(() => {
		const most = document.documentElement.clientWidth;
		return document.documentElement.scrollWidth > most ? `${document.documentElement.scrollWidth} > ${most}` : '';
	});
}

// LOOK.md: text of 18 px or more, 48 px for what one presses, one heading, one button that stands out;
// for participants the quick exit and "Ring mig".
export async function judgeLook(page) {
	return page.evaluate(() => {
		const faults = [];
		const say = (what, e) => faults.push(`${what}: ${e.outerHTML.slice(0, 160)}`);
		const seen = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getBoundingClientRect().width > 1;
		for (const e of document.querySelectorAll('body *')) {
			if (!seen(e) || e.closest('svg') || e.closest('.skip'))
				continue;
			const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
			if (own && parseFloat(getComputedStyle(e).fontSize) < 18)
				say(`text of ${getComputedStyle(e).fontSize}`, e);
		}
		for (const e of document.querySelectorAll('.btn, .choice, .pick, select, summary, textarea, input:not([type=hidden],[type=radio],[type=checkbox]), header a, footer a')) {
			const box = e.getBoundingClientRect();
			if (seen(e) && !e.matches('.skip') && (box.height < 47.5 || (box.width < 47.5)))
				say(`a target of ${Math.round(box.width)} × ${Math.round(box.height)}`, e);
		}
		for (const e of document.querySelectorAll('input[type=radio], input[type=checkbox]'))
			if (!e.closest('label') || e.closest('label').getBoundingClientRect().height < 47.5)
				say('a small choice', e.closest('label') ?? e);
		if (document.querySelectorAll('h1').length !== 1)
			faults.push(`${document.querySelectorAll('h1').length} headings h1`);
		if (document.querySelectorAll('.btn.main').length > 1)
			faults.push('several main buttons');
		if (!document.querySelector('header nav') && !(document.querySelector('header .exit') && document.querySelector('footer a[href$="/call"]')) && !location.pathname.includes('/staff'))
			faults.push('no quick exit, or no "Ring mig"');
		return faults;
	});
}

// The tabulator comes by everything that can be pressed, and one sees where it is.
export async function judgeTab(page) {
	const all = await page.evaluate(() => {
		const groups = new Set();
		globalThis.tabs = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((e) => {
			if (e.disabled || !e.checkVisibility({ checkVisibilityCSS: true }) || e.closest('details:not([open])') && !e.matches('summary'))
				return false;
			if (e.type !== 'radio')
				return true;
			const group = `${e.form?.action} ${e.name}`, first = !groups.has(group);
			groups.add(group);
			return first;
		});
		document.activeElement?.blur?.();
		return globalThis.tabs.length;
	});
	// A date has several stops, and what scrolls by itself is one.
	const met = new Set(), faint = new Map();
	for (let i = 0; i < 2 * all + 40 && met.size < all; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			const same = (t) => t === e || (e.type === 'radio' && t.type === 'radio' && t.name === e.name && t.form === e.form);
			const shown = [e, e.closest('label') ?? e].some((x) => getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2);
			return { n: globalThis.tabs.findIndex(same), shown, html: e.outerHTML.slice(0, 120) };
		});
		if (at.n < 0)
			continue;
		faint.set(at.n, at.shown || faint.get(at.n) === '' ? '' : at.html);
		met.add(at.n);
	}
	const missed = await page.evaluate((have) => globalThis.tabs.filter((e, i) => !have.includes(i)).map((e) => e.outerHTML.slice(0, 120)), [...met]);
	return [...missed.map((m) => `not reached: ${m}`), ...[...faint.values()].filter(Boolean).map((f) => `one does not see the focus: ${f}`)];
}

export function plan() {
	console.log(`1..${count}`);
	process.exitCode = bad ? 1 : 0;
}
