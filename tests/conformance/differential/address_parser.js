// nodemailer's parser of address lists for the differential tests: the addresses of a From body, one JSON object a line
// in, one out.
'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { createRequire } = require('node:module');

// It comes with mailauth, which is installed in the directory that is the one argument.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const loaded = load('nodemailer/lib/addressparser');
const parse = loaded.default || loaded;

const flat = list => list.flatMap(entry => (entry.group ? flat(entry.group) : [entry.address || '']));

readline.createInterface({ input: process.stdin }).on('line', line => {
    const results = JSON.parse(line).cases.map(text => flat(parse(Buffer.from(text, 'base64').toString('utf8'))));
    console.log(JSON.stringify({ results }));
});
