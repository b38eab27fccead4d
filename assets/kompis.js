// Comfort only: every page works without. Quick exit forgets the page; staff have keys, told by "?".
'use strict';
(() => {
	const exit = document.querySelector('.exit');
	if (exit)
		exit.addEventListener('click', (event) => {
			event.preventDefault();
			location.replace(exit.href);
		});
	const errors = document.getElementById('errors');
	if (errors)
		errors.focus();

	const keys = document.querySelector('[data-keys]');
	if (!keys)
		return;
	const box = document.getElementById('keys-on');
	const isOn = () => localStorage.getItem('keys') !== 'off';
	if (box) {
		box.checked = isOn();
		box.addEventListener('change', () => localStorage.setItem('keys', box.checked ? 'on' : 'off'));
	}
	const menu = [...document.querySelectorAll('nav a')];
	const rows = () => [...document.querySelectorAll('tbody th a, .task .btn')];
	const move = (step) => {
		const all = rows();
		const at = all.indexOf(document.activeElement);
		const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
		if (next)
			next.focus();
	};
	document.addEventListener('keydown', (event) => {
		if (!isOn() || event.ctrlKey || event.metaKey || event.altKey ||
			event.target.closest('input, select, textarea'))
			return;
		if (event.key === '?') {
			location.href = keys.dataset.keys;
		} else if (event.key === '/') {
			const search = document.querySelector('input[type=search]');
			if (!search)
				return;
			search.focus();
		} else if (event.key === 'j' || event.key === 'k') {
			move(event.key === 'j' ? 1 : -1);
		} else if (event.key >= '1' && event.key <= '9' && menu[event.key - 1]) {
			location.href = menu[event.key - 1].href;
		} else {
			return;
		}
		event.preventDefault();
	});
})();
