// make_corpus: writes test messages as milter_load reads them (load/corpus.h), signed or not.
//
//     make_corpus --out FILE --domain 'cold-#.example' --count 4000 --sign s1=KEY.pem
//
// "#" in a domain stands for the number of the message.
#include "bench/message_text.h"
#include "dkim/body_hash.h"
#include "dkim/sign.h"
#include "message/parse_message.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Arguments {
    std::string out;
    std::string domain;
    std::string author_domain; // empty: the same
    std::size_t first = 0;
    std::size_t count = 1;
    std::size_t step = 1;
    std::size_t modulo = 1'000'000'000;
    std::size_t octets = 4096;
    bool base64 = false;
    std::vector<std::string> keys; // SELECTOR=FILE
};

struct NamedKey {
    std::string selector;
    crypto::SigningKey key;
};

NamedKey read_key(const std::string& text) {
    const auto equals = text.find('=');
    std::ifstream file(text.substr(equals + 1));
    std::ostringstream pem;
    pem << file.rdbuf();
    auto key = crypto::SigningKey::from_pem(pem.str());
    if (equals == std::string::npos || !key) {
        throw std::runtime_error(text + " names no key");
    }
    return {text.substr(0, equals), std::move(*key)};
}

std::string numbered(std::string text, std::size_t number) {
    const auto at = text.find('#');
    return at == std::string::npos ? text : text.replace(at, 1, std::to_string(number));
}

std::string signed_text(const std::string& text, const std::string& domain,
                        const std::vector<NamedKey>& keys) {
    const auto message = message::parse_message(text);
    if (!message) {
        throw std::runtime_error("a message that cannot be signed");
    }
    dkim::BodyHashes bodies;
    const auto hash = bodies.request(dkim::Canonicalization::relaxed, std::nullopt);
    bodies.update(message->body);
    bodies.finish();
    std::string fields;
    for (const NamedKey& named : keys) {
        dkim::SignOptions options;
        options.domain = domain;
        options.selector = named.selector;
        const auto field =
            dkim::sign(options, named.key, message->headers, bodies.digest(hash), std::time(nullptr));
        if (!field) {
            throw std::runtime_error("a message that cannot be signed");
        }
        fields += "DKIM-Signature:" + *field + "\r\n";
    }
    return fields + text;
}

void write_all(const Arguments& arguments) {
    std::vector<NamedKey> keys;
    for (const std::string& text : arguments.keys) {
        keys.push_back(read_key(text));
    }
    std::ofstream out(arguments.out, std::ios::binary);
    for (std::size_t i = 0; i < arguments.count; ++i) {
        const std::size_t number = (arguments.first + i * arguments.step) % arguments.modulo;
        const std::string domain = numbered(arguments.domain, number);
        const std::string author =
            arguments.author_domain.empty() ? domain : numbered(arguments.author_domain, number);
        const std::string text =
            signed_text(bench::message_text(author, arguments.octets, arguments.base64), domain, keys);
        out << "alice@" << domain << ' ' << text.size() << '\n' << text << '\n';
    }
    if (!out.flush()) {
        throw std::runtime_error(arguments.out + " cannot be written");
    }
}

int run(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("Writes test messages");
    app.add_option("--out", arguments.out, "Corpus file to write")->required();
    app.add_option("--domain", arguments.domain, "Of MAIL FROM and the signatures")->required();
    app.add_option("--author-domain", arguments.author_domain, "Of From, where it is another one");
    app.add_option("--first", arguments.first, "The first number");
    app.add_option("--count", arguments.count, "Messages");
    app.add_option("--step", arguments.step, "From one number to the next");
    app.add_option("--modulo", arguments.modulo, "Numbers start again from 0 there");
    app.add_option("--octets", arguments.octets, "Of a message without its signatures");
    app.add_flag("--base64", arguments.base64, "A body of base64 in place of text");
    app.add_option("--sign", arguments.keys, "SELECTOR=FILE, any number of them");
    CLI11_PARSE(app, argc, argv);
    write_all(arguments);
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}
