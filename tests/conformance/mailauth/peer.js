// mailauth for the cross-checks: one JSON object a line in, one out. All of the DNS comes from the job.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { createRequire } = require('node:module');

// The package is installed in the build directory, which is the one argument.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const { dkimSign } = load('mailauth/lib/dkim/sign');
const { dkimVerify } = load('mailauth/lib/dkim/verify');
const { spf } = load('mailauth/lib/spf');
const { dmarc } = load('mailauth/lib/dmarc');

async function sign(job) {
    const result = await dkimSign(Buffer.from(job.message, 'base64'), {
        signatureData: [
            {
                signingDomain: job.domain,
                selector: job.selector,
                privateKey: fs.readFileSync(job.key_file, 'ascii'),
                algorithm: job.algorithm,
                canonicalization: `${job.header}/${job.body}`,
                maxBodyLength: job.length
            }
        ]
    });
    if (result.errors.length) {
        throw new Error(String(result.errors[0].err || result.errors[0]));
    }
    return { field: Buffer.from(result.signatures).toString('base64') };
}

const failure = code => Object.assign(new Error(code), { code });

async function verify(job) {
    const resolver = async name => {
        const records = job.zone[name.toLowerCase()];
        if (!records) {
            throw failure('ENOTFOUND');
        }
        return records.map(record => [record]);
    };
    const { results } = await dkimVerify(Buffer.from(job.message, 'base64'), { resolver, strict: job.strict });
    return { results: results.map(({ status }) => ({ result: status.result, reason: status.comment || '' })) };
}

// A zone of the differential tests as a resolver.
function table(zone) {
    return async (name, type) => {
        const entry = zone[name.toLowerCase().replace(/\.$/, '')];
        if (!entry) {
            throw failure('ENOTFOUND');
        }
        if (entry.TIMEOUT) {
            throw failure('ETIMEOUT');
        }
        const records = entry[type] || [];
        if (!records.length) {
            throw failure('ENODATA');
        }
        return type === 'MX' ? records.map(([priority, exchange]) => ({ priority, exchange })) : records;
    };
}

const judge = {
    async spf(test, resolver) {
        const { status, explanation } = await spf({
            sender: test.mailfrom,
            ip: test.ip,
            helo: test.helo,
            mta: 'mx.receiver.example',
            resolver,
            strict: true
        });
        return { result: status.result, explanation: explanation || '', problem: status.comment || '' };
    },
    async dmarc(test, resolver) {
        const { status, policy, policyDomain, alignment, error } = await dmarc({
            headerFrom: [`user@${test.author}`],
            spfDomains: test.spf ? [{ domain: test.spf }] : [],
            dkimDomains: test.dkim.map(domain => ({ domain })),
            resolver,
            strict: true
        });
        return {
            result: status.result,
            policy_domain: policyDomain || '',
            policy: (status.policy && status.policy.dmarc) || '',
            spf: alignment && alignment.spf.result ? 'yes' : 'no',
            dkim: alignment && alignment.dkim.result ? 'yes' : 'no',
            problem: error || ''
        };
    }
};

async function batch(job) {
    const resolver = table(job.zone);
    const results = [];
    for (const test of job.cases) {
        try {
            results.push(await judge[job.op](test, resolver));
        } catch (err) {
            results.push({ result: 'died', problem: String(err.stack || err) });
        }
    }
    return { results };
}

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const job = JSON.parse(line);
        let answer;
        try {
            answer = job.cases ? await batch(job) : job.op === 'sign' ? await sign(job) : await verify(job);
        } catch (err) {
            answer = { error: String(err.stack || err) };
        }
        process.stdout.write(JSON.stringify(answer) + '\n');
    }
}

main();
