#include "rig.h"

#include "config/load.h"
#include "crypto/digest.h"
#include "late_resolver.h"
#include "milter/session/session.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace hostile {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

Milliseconds cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Milliseconds hashing_time(const Bomb& bomb) {
    std::string header;
    for (const Field& field : bomb.fields) {
        header += field.name + ':' + field.body + "\r\n";
    }
    const auto start = cpu_time();
    crypto::Sha256Digest digest;
    digest.update(header);
    digest.update(bomb.body);
    (void)digest.finish();
    return cpu_time() - start;
}

void send_body(milter::session::Session& session, std::string_view body) {
    constexpr std::size_t chunk = 65535; // what libmilter hands over at most
    while (!body.empty()) {
        session.body(body.substr(0, chunk));
        body.remove_prefix(std::min(chunk, body.size()));
    }
}

} // namespace

std::shared_ptr<const milter::runtime::Runtime> make_runtime(const std::string& config) {
    auto loaded = config::load_text("authserv_id: mx.test\n" + config, "[config]");
    if (!loaded.settings) {
        throw std::runtime_error("the configuration of a bomb has errors: " + config);
    }
    auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.test");
    if (!built.runtime) {
        throw std::runtime_error(fmt::format("{}", fmt::join(built.problems, "\n")));
    }
    return built.runtime;
}

Outcome play(const Bomb& bomb, Answers answers) {
    const TemporaryTree tree;
    std::string config = bomb.config;
    if (bomb.outbound) {
        tree.write("key.pem", support::rsa_pem);
        config += fmt::format("signing: {{ require_safe_keys: false }}\n"
                              "domains: {{ example.org: {{ keys: [{{ selector: s1, file: {} }}] }} }}\n",
                              tree.path("key.pem"));
    }
    const auto runtime = make_runtime(config);
    LateResolver resolver(bomb.zone);
    test::MemoryLogger logger;
    milter::runtime::Service service(runtime, resolver, logger, [] { return base::UnixTime{1'790'000'000}; });
    Outcome outcome;
    outcome.hashing = hashing_time(bomb);

    const auto start = cpu_time();
    if (answers == Answers::early) {
        resolver.open();
    } else if (answers == Answers::at_once) {
        resolver.answer_at_once();
    }
    {
        milter::session::Session session(service);
        session.connect({{base::IpAddress::parse(bomb.client), 4711, ""}, "mx.test"});
        session.helo(bomb.helo);
        session.mail_from({bomb.mail_from, "", "", bomb.outbound ? "ann" : ""});
        for (const Field& field : bomb.fields) {
            session.header(field.name, field.body);
        }
        send_body(session, bomb.body);
        if (answers == Answers::late) {
            resolver.open();
        }
        outcome.actions = session.end_of_message("4Zz1", [] {});
    }
    resolver.close();
    outcome.cpu = cpu_time() - start;
    outcome.questions = resolver.asked();
    outcome.log = logger.lines;
    return outcome;
}

} // namespace hostile
