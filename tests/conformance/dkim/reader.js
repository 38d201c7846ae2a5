// What libmime, the library under the common JavaScript mail parsers, shows of messages: a JSON list of texts in, a list of
// what is shown out.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

// It comes with mailauth, which is installed in the directory that is the one argument.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const libmime = load('libmime');
const libqp = load('libqp');

const SHOWN = ['from', 'to', 'cc', 'reply-to', 'subject', 'content-disposition', 'content-type'];

// Of several fields of a name, parsers take the first or the last: both are shown.
function values(headers, name) {
    return [].concat(headers[name] || []).map((value) => libmime.decodeWords(value.trim()));
}

function decoded(body, encoding) {
    if (encoding === 'base64') {
        return Buffer.from(body, 'base64').toString('latin1');
    }
    return encoding === 'quoted-printable' ? libqp.decode(body).toString('latin1') : body;
}

function show(text) {
    const end = text.indexOf('\r\n\r\n');
    const headers = libmime.decodeHeaders(text.slice(0, end));
    const encodings = values(headers, 'content-transfer-encoding').map((value) => value.toLowerCase());
    const body = text.slice(end + 4);
    return [
        ...SHOWN.map((name) => values(headers, name)),
        [encodings[0], encodings[encodings.length - 1]].map((encoding) => decoded(body, encoding)),
        libmime.parseHeaderValue(values(headers, 'content-type')[0] || 'text/plain')
    ];
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, 'utf8')).map(show)));
