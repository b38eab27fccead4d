// What the browser tests share: a server of their own, a browser, judges of a page, TAP.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { HtmlValidate } from 'html-validate';

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, '../..');
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

export async function serve({ demo = false } = {}) {
	const home = mkdtempSync(join(tmpdir(), 'kompis-'));
	const data = join(home, 'data');
	takeSchemas();
	if (demo)
		run('demo', 'data/samples/norrbotten_400_clean.csv', '--data', data);
	const args = ['serve', '--data', data, '--port', '0', '--lang', 'en'];
	if (demo)
		args.push('--demo');
	const child = spawn(kompis, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
	let out = '', log = '';
	child.stderr.on('data', (d) => { log += d; });
	const address = await new Promise((done, fail) => {
		child.stdout.on('data', (d) => {
			out += d;
			const hit = out.match(/http:\/\/[0-9.:]+/);
			if (hit && (demo ? /newcomer.*\n.*established.*\n/.test(out) : /invite/.test(out)))
				done(hit[0]);
		});
		child.on('exit', () => fail(new Error(`the server ended: ${log}`)));
		setTimeout(() => fail(new Error(`no server: ${out} ${log}`)), 60000).unref();
	});
	const links = Object.fromEntries([...out.matchAll(/^ {2}(\S.*?) {2,}(http\S+)/gm)].map((m) => [m[1].trim(), m[2]]));
	return {
		address, data, links, out: () => out, first: out.match(/http\S+invite\S+/)?.[0], log: () => log,
		stop: () => new Promise((done) => {
			child.removeAllListeners('exit');
			child.on('exit', (code) => { rmSync(home, { recursive: true }); done(code); });
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

// The plain text of a letter as it lies in outbox/: its first part, in base64.
export function plain(letter) {
	return Buffer.from(letter.split('\r\n\r\n')[2].split('\r\n--')[0], 'base64').toString();
}

// ---- judges --------------------------------------------------------------------------------------
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
// For pages with JavaScript on; contrast is checked at 7:1 too.
export async function judgeAxe(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(async () => {
		const r = await globalThis.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			rules: { 'color-contrast-enhanced': { enabled: true } },
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

export function plan() {
	console.log(`1..${count}`);
	process.exitCode = bad ? 1 : 0;
}
