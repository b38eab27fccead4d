// A coordinator's day, without JavaScript, at 360 and 1280 px: calls, search, an interview from booking
// to result, undo, two at once, an edit that meets another, registering for somebody, merging, a sheet
// read in, decided about and taken back. Each page is judged.
import { browse, collect, judgeHtml, judgeNu, judgeWidth, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();
const strays = [], addresses = [];
const who = (key) => Object.entries(server.links).find(([name]) => name.startsWith(key))[1];

async function enter(role, width) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	page.on('request', (r) => addresses.push(r.url()));
	await page.goto(who(role));
	await page.click('main form button');
	return page;
}

function ways(page, width) {
	const text = async () => (await page.textContent('main')).replace(/\s+/g, ' ');
	return {
		text,
		says: async (what, name) => { const t = await text(); ok(what.test(t), `${width} ${name}`, `${page.url()}\n${t.slice(0, 400)}`); },
		seen: async (name) => {
			const html = await page.content();
			const wide = await judgeWidth(page);
			ok(!wide, `${width} ${name}: nothing is wider than the window`, wide);
			await picture(page, `office-${name}-${width}`);
			if (width !== 1280)
				return;
			const faults = await judgeHtml(html);
			ok(faults.length === 0, `${name}: html-validate finds nothing`, faults.join('\n'));
			ok((await page.locator('.btn.main').count()) <= 1 || name === 'start', `${name}: one main button`);
			collect(`office-${name}`, html);
		},
		open: async (path) => page.goto(server.address + path),
		first: async (state) => {
			await page.goto(`${server.address}/sv/staff/people?state=${state}`);
			await page.locator('tbody th a').first().click();
			return new URL(page.url()).pathname;
		},
		save: () => page.click('form .btn.main'),
	};
}

let round = 0;
for (const width of [1280, 360]) {
	const page = await enter('coordinator', width), other = await enter('coordinator', width);
	const { says, seen, open, first, save } = ways(page, width);
	const done = (notice, name) => ok(page.url().endsWith(`done=${notice}`), `${width} ${name}`, page.url());
	round++;

	await open('/sv/staff');
	await seen('start');
	await page.locator('.task form button').first().click();
	done('call_done', 'a call is ticked off');
	await open('/sv/staff/today');
	await seen('today');
	await page.locator('.task form button').first().click();
	done('call_undone', 'and not after all');

	await open('/sv/staff/people');
	await seen('people');
	await page.fill('#name', 'mohammad');
	await page.click('form[role=search] button');
	await seen('search');
	await open('/sv/staff/people?state=waiting&sort=year&order=back');
	await seen('filtered');
	ok((await page.getAttribute('th[aria-sort]', 'aria-sort')) === 'descending', `${width} the column says how it is sorted`);
	await open('/sv/staff/interviews');
	await seen('interviews');

	const one = await first('submitted');
	await seen('submitted');
	await open(`${one}/interview`);
	await page.fill('#date', '2020-01-01');
	await page.fill('#time', '10:00');
	await save();
	await says(/Tiden har varit/, 'a time that has been is refused');
	ok((await page.inputValue('#time')) === '10:00', `${width} and what was typed stays`);
	await seen('book-error');
	await page.fill('#date', '2031-07-12');
	await page.fill('#time', '09:40');
	await save();
	done('booked', 'an interview is booked');
	await says(/12 juli 2031 09\.40/, 'at that time in Sweden');
	await open(`${one}/cancel`);
	await seen('cancel');
	await page.click('form .btn.bad');
	done('cancelled', 'and called off');
	await open(`${one}/interview`);
	await page.fill('#date', '2031-07-12');
	await page.fill('#time', '09:40');
	await save();
	await open(`${one}/result`);
	await seen('result');
	await page.locator('label.pick:has([name=identity])').click();
	await page.fill('#note', 'Talar gärna om odling');
	await page.locator('label.choice:has([value=think])').click();
	await save();
	await open('/sv/staff');
	await says(/samtal att bestämma om/i, 'who wants to think is reminded');
	await open(`${one}/result`);
	await page.locator('label.choice:has([value=pass])').click();
	await save();
	done('noted', 'its result is kept');
	await says(/Godkänd/, 'and the person approved');
	await page.locator('form.note button').click();
	done('undone', 'the step is taken back');
	await open(`${one}/result`);
	ok((await page.inputValue('#note')) === 'Talar gärna om odling', `${width} the note is still there`);
	await page.locator('label.choice:has([value=pass])').click();
	await save();

	await open(one);
	await other.goto(server.address + one);
	await other.click('form .btn.main');
	await save();
	await says(/Någon annan hann före.*Godkänd → Väntar/, 'the second to approve is told');
	await seen('conflict');
	await open(`${one}/step?verb=decline`);
	ok((await page.locator('form .row > *').first().textContent()).includes('Nej, gå tillbaka'), `${width} the safe way stands first`);
	await page.click('form .btn.bad');
	await says(/Skriv varför/, 'to decline needs a reason');
	await seen('decline');

	await open(`${one}/edit`);
	await seen('edit');
	await other.goto(`${server.address}${one}/edit`);
	await other.fill('#postcode', round === 1 ? '972 41' : '972 42');
	await other.click('form .btn.main');
	await page.fill('#locality', 'Gammelstaden');
	await page.fill('#children', '2015, 2019');
	await save();
	await says(/Någon annan ändrade.*Postnummer/, 'an edit that meets another says what changed');
	ok((await page.inputValue('#locality')) === 'Gammelstaden', `${width} what was typed stays`);
	ok((await page.inputValue('#postcode')) === (round === 1 ? '972 41' : '972 42'), `${width} what was not touched is what it became`);
	await seen('edit-conflict');
	await save();
	done('saved', 'saved on purpose');
	await open(`${one}/contact`);
	await says(/2015, ?2019/, 'children are birth years');
	await says(/Läste kontakt.*Maja|Läste kontakt.*Eva/, 'who read the contact is shown');
	await seen('contact');

	const phone = `070-555 12 3${round}`;
	for (const anyway of [false, true]) {
		await open('/sv/staff/people/new');
		await save();
		await seen('enrol-error');
		await page.locator('label.pick:has([value=phone])').click();
		await page.locator('label.pick:has([value=newcomer])').click();
		await page.fill('#given', `Sahra${round}`);
		await page.fill('#phone', phone);
		await page.fill('#birth_year', '1990');
		await page.selectOption('#municipality', { index: 1 });
		await page.selectOption('#level', 'A1');
		await page.selectOption('#life', 'single');
		await page.locator('label.pick:has([name=interests])').first().click();
		await page.locator('label.choice:has([name=match])').click();
		await save();
		if (anyway) {
			await says(/samma nummer eller mejl finns redan/, 'the same phone is warned of');
			await seen('enrol-twin');
			await page.locator('label.pick:has([name=anyway])').click();
			await save();
		}
		done('enrolled', 'somebody is registered');
	}
	const keep = new URL(page.url()).pathname;
	await open(`${keep}/merge`);
	await seen('merge');
	await page.locator('ul.card a.btn').first().click();
	await seen('compare');
	await page.click('form .btn.bad');
	done('merged', 'two rows become one person');

	await open('/sv/staff');
	const town = (await page.textContent('main .hint')).match(/Luleå|Piteå|Boden|Gällivare/)[0];
	const rows = [...Array(30).keys()].map((i) => `Ny svensk;Namn${i};Efter${i};19${60 + i};${town};A1;07055${round}20${10 + i};Ja;2026-08-01;`);
	const sheet = ['Typ;Förnamn;Efternamn;Födelseår;Kommun;SFI-nivå;Telefon;Samtycke;Anmäld;Skonummer',
		`Ny svensk;Amina;Test;1990;${town};A2;07055${round}0001;Ja;2026-10-01;38`,
		`Ny svensk;Amina;Test;1990;${town};;07055${round}0001;Ja;2026-11-01;`,
		`Ny svensk;Bo;Utan;1985;${town};A1;07055${round}0002;Nej;;`,
		`Ny svensk;Cem;Ung;2019;${town};A1;07055${round}0003;Ja;;`,
		`Etablerad;Eva;Fel;19xx;${town};;07;Ja;;`, ...rows].join('\n');
	const upload = async () => {
		await open('/sv/staff/imports');
		await page.setInputFiles('#file', { name: 'blad.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) });
		await save();
	};
	await upload();
	await seen('preview');
	await says(/32 personer kan läggas till.*1 kan vara dubblett.*2 går inte att lägga till.*Skonummer.*Samtycke saknas.*Under 18 år/, 'the preview says what it will do');
	await page.locator('label.pick:has([value=r])').click();
	await page.click('button[value=all]');
	await page.locator('button[name=show]').last().click();
	await says(/26–35 av 35/, 'page by page');
	ok((await page.inputValue('[name=decided]')) === '2r', `${width} what was decided is kept`);
	await page.click('button[value=add]');
	done('imported', 'one transaction adds all');
	await seen('imported');
	await says(/Tillagda32Ifyllda1Överhoppade2/, 'and counts them');
	const imported = new URL(page.url()).pathname;
	await upload();
	await says(/samma telefon eller mejl/i, 'the second time they are known');
	await page.click('button[value=drop]');
	done('import_dropped', 'the file is thrown away');
	await seen('imports');
	await open(`${imported}/undo`);
	await seen('import-undo');
	await page.click('form .btn.bad');
	done('import_undone', 'the import is taken back');
	await page.context().close();
	await other.context().close();
}

const reader = await browser.newContext();
const page = await reader.newPage();
await page.goto(who('coordinator'));
await page.click('main form button');
await page.goto(`${server.address}/sv/staff/people?state=waiting`);
await page.locator('tbody th a').first().click();
for (const part of ['', '/contact', '/edit', '/merge', '/step?verb=pause']) {
	const at = page.url().replace(/(people\/\w{26}).*/, '$1');
	await page.goto(at + part);
	ok(!/Kompis/.test(await page.locator('h1').first().textContent()) && /^(Person|Ändra|Samma|Innan)/.test(await page.title()), `no name in the title of a person${part}`, await page.title());
}
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
ok(strays.length === 0, 'nothing is fetched from elsewhere', strays.join('\n'));
ok(!addresses.some((a) => /mohammad|sahra|amina/i.test(a)), 'no name in any address');
ok(!/mohammad|sahra|amina/i.test(server.log()), 'no name in the log');
await browser.close();
ok((await server.stop()) === 0, 'the server ends well');
plan();
