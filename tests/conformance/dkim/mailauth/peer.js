// mailauth for the cross-checks: one JSON object a line in, one out. Keys come from the job, never from the DNS.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { createRequire } = require('node:module');

// The package is installed in the build directory, which is the one argument.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const { dkimSign } = load('mailauth/lib/dkim/sign');
const { dkimVerify } = load('mailauth/lib/dkim/verify');

async function sign(job) {
    const result = await dkimSign(Buffer.from(job.message, 'base64'), {
        signatureData: [
            {
                signingDomain: job.domain,
                selector: job.selector,
                privateKey: fs.readFileSync(job.key_file, 'ascii'),
                algorithm: job.algorithm,
                canonicalization: `${job.header}/${job.body}`
            }
        ]
    });
    if (result.errors.length) {
        throw new Error(String(result.errors[0].err || result.errors[0]));
    }
    return { field: Buffer.from(result.signatures).toString('base64') };
}

async function verify(job) {
    const resolver = async name => {
        if (!job.zone[name]) {
            throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
        }
        return job.zone[name].map(record => [record]);
    };
    const { results } = await dkimVerify(Buffer.from(job.message, 'base64'), { resolver });
    return { results: results.map(({ status }) => ({ result: status.result, reason: status.comment || '' })) };
}

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const job = JSON.parse(line);
        let answer;
        try {
            answer = job.op === 'sign' ? await sign(job) : await verify(job);
        } catch (err) {
            answer = { error: String(err.stack || err) };
        }
        process.stdout.write(JSON.stringify(answer) + '\n');
    }
}

main();
