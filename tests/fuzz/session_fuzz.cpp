// A whole conversation with the daemon's session. Facts: config NAME (see configurations), daemon NAME, auth
// LOGIN, mta NAME, port NUMBER and client-name NAME of the client; the DNS; after the empty line the events
// (see conversation.h).
//
// - Every recipient and every end of message is answered, and what is to be done can be done: a reply of the
// form the protocol has,
//   deletions of fields that exist from the highest down, insertions that are well-formed and bounded.
// - Of the Authentication-Results fields that are left none speaks in our name,
//   but for one against the author of mail of our own.
// - What comes of a message depends on that message alone: a new session decides the same, whatever went on
//   before in this one, wherever the body was cut and however late the DNS answered.
// - What is logged is lines of printable ASCII.
#include "milter/session/session.h"

#include "authres/claims.h"
#include "authres/parse.h"
#include "base/ascii.h"
#include "config/load.h"
#include "fuzz/conversation.h"
#include "fuzz/property.h"
#include "fuzz/signed_message.h"
#include "fuzz/written.h"
#include "support/memory_logger.h"
#include "support/temporary_tree.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

namespace {

using fuzz::Event;
using milter::session::Actions;
using milter::session::Reply;

constexpr std::size_t most_inserted = std::size_t{64} * 1024;

using RuntimePtr = std::shared_ptr<const milter::runtime::Runtime>;

struct Configuration {
    const char* name;
    const char* yaml;
};

// Few on purpose: the settings have a target of their own.
constexpr Configuration configurations[] = {
    {"default", ""},
    {"small", "limits: {header_fields: 50, header_bytes: 16K, header_field_bytes: 4K}\n"},
    {"full", "authserv_id: id.example\nstrip_authserv_ids: [old.example]\niprev: {enabled: true}\n"
             "dmarc: {discovery: psl}\nspf: {look_ahead: all}\n"},
    {"dispose",
     "author: {missing: quarantine, several_fields: discard, several_domains: reject, unreadable: tempfail,\n"
     "         stray_line_break: quarantine, own_mail: reject}\n"
     "roles: {internal_hosts: [192.0.2.0/28]}\n"},
    {"alone", "on_internal_error: accept\nlimits: {header_fields: 50, over_limit: tempfail}\n"
              "roles: {exempt_domains: [example.org], report_authentication: true, peers: [192.0.2.32/28]}\n"
              "dkim: {required_fields: [Subject, From], uncovered_fields: policy}\n"},
    {"policyd", "spf: {received_spf: true, report_helo: true, policyd: {TempError_Defer: true}}\n"},
    {"policyd-rcpt", "spf: {policyd: {stage: rcpt, HELO_reject: Softfail, PermError_reject: true,\n"
                     "                HELO_Whitelist: [mx.example.org], Domain_Whitelist: [example.org]}}\n"},
    {"sign", "roles: {internal_hosts: [192.0.2.0/28], reinjection_daemons: [REINJECT]}\n"
             "domains:\n  example.org:\n    subdomains: true\n    keys:\n"
             "      - {selector: e1, file: KEYS/ed25519.pem}\n      - {selector: s1, file: KEYS/rsa.pem}\n"},
};

RuntimePtr build(const Configuration& configuration, const std::string& keys) {
    std::string yaml = configuration.yaml;
    for (auto at = yaml.find("KEYS"); at != std::string::npos; at = yaml.find("KEYS")) {
        yaml.replace(at, 4, keys);
    }
    auto loaded = config::load_text(yaml, configuration.name);
    for (const auto& diagnostic : loaded.diagnostics) {
        fuzz::require(loaded.settings.has_value(), "a configuration loads", config::print(diagnostic));
    }
    auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.test");
    fuzz::require(built.runtime != nullptr, "a configuration works",
                  built.problems.empty() ? "" : built.problems.front());
    return std::move(built.runtime);
}

class Runtimes {
  public:
    Runtimes() {
        for (const char* name : {"rsa", "ed25519"}) {
            const auto file = keys_.write(std::string(name) + ".pem", fuzz::test_key(name).to_pem());
            std::filesystem::permissions(file, std::filesystem::perms::owner_read);
        }
        for (const auto& configuration : configurations) {
            built_.emplace_back(configuration.name, build(configuration, keys_.root()));
        }
    }

    [[nodiscard]] RuntimePtr find(const std::string& name) const {
        const auto found =
            std::find_if(built_.begin(), built_.end(), [&](const auto& one) { return one.first == name; });
        return found == built_.end() ? built_.front().second : found->second;
    }

  private:
    TemporaryTree keys_;
    std::vector<std::pair<std::string, RuntimePtr>> built_;
};

std::pair<std::string_view, std::string_view> split_field(std::string_view text) {
    const auto colon = std::min(text.find(':'), text.size());
    return {text.substr(0, colon), text.substr(std::min(text.size(), colon + 1))};
}

// Answers at once, or keeps its answers back until they are released, the last question first.
class WorldResolver final : public milter::resolver::Resolver {
  public:
    WorldResolver(const fuzz::World& world, bool late) : world_(world), late_(late) {}

    void ask(const dns::Question& question, Callback callback) override {
        if (late_) {
            waiting_.emplace_back(question, std::move(callback));
        } else {
            callback(std::make_shared<const dns::Answer>(world_.answer(question)));
        }
    }

    // From now on at once.
    void release() {
        late_ = false;
        for (auto held = std::exchange(waiting_, {}); !held.empty(); held.pop_back()) {
            held.back().second(std::make_shared<const dns::Answer>(world_.answer(held.back().first)));
        }
    }

  private:
    const fuzz::World& world_;
    bool late_;
    std::vector<std::pair<dns::Question, Callback>> waiting_;
};

// One session and what it needs around it.
class Daemon {
  public:
    Daemon(const fuzz::World& world, const RuntimePtr& runtime, bool late)
        : world_(world), resolver_(world, late),
          service_(runtime, resolver_, logger_, [] { return fuzz::reception; }), session_(service_) {}

    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    ~Daemon() { check_log(); }

    void connect(const std::string& client) {
        const auto port = static_cast<std::uint16_t>(std::strtoul(world_.fact("port").c_str(), nullptr, 10));
        session_.connect(
            {{base::IpAddress::parse(client), port, world_.fact("client-name")}, world_.fact("mta")});
    }
    void helo(const std::string& name) { session_.helo(name); }
    void mail_from(const std::string& path) {
        const auto login = world_.fact("auth");
        session_.mail_from({path, world_.fact("daemon"), login.empty() ? "" : "PLAIN", login});
    }
    [[nodiscard]] Actions recipient(const std::string& path) {
        if (session_.answers_recipients()) {
            resolver_.release(); // nobody else would, while it waits
        }
        return session_.recipient(path);
    }
    void header(const std::string& text) {
        const auto [name, body] = split_field(text);
        session_.header(name, body);
    }
    void body(std::string_view bytes, std::size_t piece) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
            session_.body(bytes.substr(0, piece));
        }
    }
    void abort() { session_.abort(); }
    void fail() { session_.fail("something\nbroke"); }
    [[nodiscard]] Actions end_of_message() {
        resolver_.release();
        return session_.end_of_message("QUEUE\r\nID", [] {});
    }

  private:
    void check_log() const {
        for (const auto& line : logger_.lines) {
            fuzz::require(fuzz::is_one_line(line), "what is logged is one line", line);
        }
    }

    const fuzz::World& world_;
    WorldResolver resolver_;
    test::MemoryLogger logger_;
    milter::runtime::Service service_;
    milter::session::Session session_;
};

// What one message consists of.
struct Message {
    std::string client, helo;
    std::vector<Event> events; // from MAIL FROM on
    bool begun = false, failed = false;
};

void check_reply(const Actions& actions) {
    fuzz::require(fuzz::is_one_line(actions.hold_reason), "a message is held for one line");
    if (actions.reply == Reply::proceed || actions.reply == Reply::discard) {
        fuzz::require(actions.code.empty() && actions.text.empty(), "only a refusal needs words");
        return;
    }
    const char first = actions.reply == Reply::tempfail ? '4' : '5';
    fuzz::require(actions.code.size() == 3 && actions.code.front() == first &&
                      actions.enhanced.front() == first && !actions.text.empty() &&
                      fuzz::is_one_line(actions.text),
                  "a reply has the form that SMTP has");
    fuzz::require(actions.hold_reason.empty(), "what is refused is not held");
}

void play(Daemon& daemon, const Event& event, std::size_t piece) {
    switch (event.kind) {
    case 'M':
        return daemon.mail_from(event.text);
    case 'R':
        return check_reply(daemon.recipient(event.text));
    case 'L':
        return daemon.header(event.text);
    case 'B':
        return daemon.body(event.text, piece);
    default:
        return;
    }
}

auto parts(const Actions& actions) {
    return std::tie(actions.reply, actions.code, actions.enhanced, actions.text, actions.hold_reason);
}

bool same(const Actions& a, const Actions& b) {
    const auto same_deletion = [](const auto& x, const auto& y) {
        return x.name == y.name && x.instance == y.instance;
    };
    const auto same_insertion = [](const auto& x, const auto& y) {
        return x.name == y.name && x.body == y.body;
    };
    const auto same_change = [](const auto& x, const auto& y) {
        return x.name == y.name && x.instance == y.instance && x.body == y.body;
    };
    return parts(a) == parts(b) &&
           std::equal(a.changes.begin(), a.changes.end(), b.changes.begin(), b.changes.end(), same_change) &&
           std::equal(a.deletions.begin(), a.deletions.end(), b.deletions.begin(), b.deletions.end(),
                      same_deletion) &&
           std::equal(a.insertions.begin(), a.insertions.end(), b.insertions.begin(), b.insertions.end(),
                      same_insertion);
}

// Fields as the MTA was given them, by whose count of equal names it will find what is to be deleted.
std::vector<message::HeaderField> fields_of(const Message& message) {
    std::vector<message::HeaderField> fields;
    for (const auto& event : message.events) {
        if (event.kind == 'L') {
            const auto [name, body] = split_field(event.text);
            fields.emplace_back(name, body);
        }
    }
    return fields;
}

void check_deletions(const Actions& actions, const std::vector<message::HeaderField>& fields) {
    std::map<std::string, std::size_t> below; // by name
    for (const auto& deletion : actions.deletions) {
        const auto count = std::count_if(fields.begin(), fields.end(),
                                         [&](const auto& field) { return field.is_named(deletion.name); });
        const auto [limit, first] =
            below.try_emplace(base::to_lower(deletion.name), static_cast<std::size_t>(count) + 1);
        fuzz::require(deletion.instance >= 1 && deletion.instance < limit->second,
                      "deletions go from the highest down");
        limit->second = deletion.instance;
    }
}

// In mail of our own, a result that speaks against its author may stay.
bool may_stay(const Actions& actions, const message::HeaderField& field) {
    const bool verified =
        std::any_of(actions.insertions.begin(), actions.insertions.end(),
                    [](const auto& insertion) { return insertion.name == "Authentication-Results"; });
    const auto read = authres::parse(field.body());
    return !verified && read &&
           std::count_if(read->results.begin(), read->results.end(), [](const auto& result) {
               return base::iequals(result.method, "dmarc") && !base::iequals(result.result, "pass");
           }) == 1;
}

// RFC 8601 5: of what is left nothing speaks in our name.
// The field's body after the changes.
std::string body_that_leaves(const Actions& actions, const message::HeaderField& field,
                             std::size_t instance) {
    const auto change =
        std::find_if(actions.changes.begin(), actions.changes.end(), [&](const auto& candidate) {
            return field.is_named(candidate.name) && candidate.instance == instance;
        });
    return change == actions.changes.end() ? std::string(field.body()) : change->body;
}

void check_nothing_forged(const Actions& actions, const std::vector<message::HeaderField>& fields,
                          const std::vector<std::string>& ids) {
    std::size_t instance = 0;
    for (const auto& field : fields) {
        if (!field.is_named("Authentication-Results")) {
            continue;
        }
        ++instance;
        const bool deleted =
            std::any_of(actions.deletions.begin(), actions.deletions.end(), [&](const auto& deletion) {
                return field.is_named(deletion.name) && deletion.instance == instance;
            });
        authres::OwnIds own(ids);
        const auto body = body_that_leaves(actions, field, instance);
        fuzz::require(deleted || !authres::claims(body, own) || may_stay(actions, field),
                      "nothing forged is left", field.text());
    }
}

void check_insertions(const Actions& actions) {
    std::size_t inserted = 0;
    for (const auto& field : actions.insertions) {
        fuzz::require_writable(field.name, field.body);
        inserted += field.name.size() + field.body.size();
    }
    fuzz::require(inserted <= most_inserted, "insertions are bounded", std::to_string(inserted));
}

// The same message in a new session, cut into other pieces, with answers that come late.
Actions decide_anew(const fuzz::World& world, const RuntimePtr& runtime, const Message& message) {
    Daemon daemon(world, runtime, true);
    daemon.connect(message.client);
    daemon.helo(message.helo);
    for (const auto& event : message.events) {
        play(daemon, event, 3);
    }
    return daemon.end_of_message();
}

class Conversation {
  public:
    Conversation(const fuzz::World& world, RuntimePtr runtime)
        : world_(world), runtime_(std::move(runtime)), daemon_(world, runtime_, false) {
        daemon_.connect(client_); // a message of nobody has an answer of its own
    }

    void handle(const Event& event) {
        switch (event.kind) {
        case 'C':
            daemon_.connect(event.text);
            client_ = event.text;
            break;
        case 'H':
            daemon_.helo(event.text);
            helo_ = event.text;
            break;
        case 'M':
            message_ = Message{client_, helo_, {}, true, broken_};
            add(event);
            break;
        case 'A':
            daemon_.abort();
            message_ = {};
            break;
        case 'F':
            daemon_.fail();
            (message_.begun ? message_.failed : broken_) = true;
            break;
        case 'E':
            end();
            break;
        default:
            add(event);
            break;
        }
    }

  private:
    void add(const Event& event) {
        play(daemon_, event, std::string::npos);
        message_.events.push_back(event);
    }

    void end() {
        const auto actions = daemon_.end_of_message();
        check_reply(actions);
        check_insertions(actions);
        check_deletions(actions, fields_of(message_));
        if (actions.reply == Reply::proceed && !is_handed_back()) {
            check_nothing_forged(actions, fields_of(message_), our_ids());
        }
        if (!message_.begun || message_.failed) {
            fuzz::require(actions.reply == Reply::tempfail || (may_pass() && actions.insertions.empty()),
                          "an internal error is a tempfail, or no result is written");
        } else {
            fuzz::require(same(actions, decide_anew(world_, runtime_, message_)),
                          "nothing but the message decides");
        }
        message_ = {};
    }

    [[nodiscard]] bool may_pass() const {
        return runtime_->settings.on_internal_error == authenticate::Action::accept && message_.begun &&
               !broken_;
    }

    // By a content filter: then our results are our own.
    [[nodiscard]] bool is_handed_back() const {
        const auto& daemons = runtime_->settings.roles.reinjection_daemons;
        return std::find(daemons.begin(), daemons.end(), world_.fact("daemon")) != daemons.end();
    }

    [[nodiscard]] std::vector<std::string> our_ids() const {
        std::vector<std::string> ids = runtime_->settings.strip_authserv_ids;
        const auto mta = world_.fact("mta");
        const auto& configured = runtime_->settings.authserv_id;
        const bool by_mta = configured.empty() && base::DomainName::parse(mta);
        if (by_mta) {
            ids.push_back(mta);
        }
        ids.push_back(configured.empty() ? runtime_->host_name : configured);
        return ids;
    }

    const fuzz::World& world_;
    RuntimePtr runtime_;
    Daemon daemon_;
    std::string client_, helo_;
    bool broken_ = false; // something failed outside of a message
    Message message_;
};

void run(std::string_view input) {
    static const Runtimes runtimes;
    const fuzz::World world(input);
    Conversation conversation(world, runtimes.find(world.fact("config")));
    for (const auto& event : fuzz::read_conversation(world.rest())) {
        conversation.handle(event);
    }
}

const fuzz::Target target("session", run);

} // namespace
