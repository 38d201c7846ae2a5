// Properties that hold for every tree of records, tried on thousands of random ones, and a second
// implementation to be compared with: as slow and as plain as the text of the RFC, with every answer at hand.
#include "dmarc/evaluate.h"
#include "dmarc/policy.h"

#include "support/catch.h"
#include "support/plain_memo.h"
#include "unit/dmarc/names.h"
#include "unit/dmarc/run.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

using dmarc::Alignment;
using dmarc::Result;
using dmarc_test::describe;
using dmarc_test::name;
using dmarc_test::Zone;

namespace {

constexpr int trees = 1000;
const std::string test_list = PARAPH_SOURCE_DIR "/tests/conformance/dmarc/suffixes.dat";

struct Tree {
    Zone zone;
    dmarc::Request request;
};

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}

    std::size_t below(std::size_t limit) { return engine_() % limit; }
    bool chance(std::size_t one_in) { return below(one_in) == 0; }
    Tree tree();

  private:
    std::string domain();
    std::string record();
    std::optional<dmarc::Identifier> identifier();

    std::mt19937 engine_;
    std::vector<std::string> pool_; // few names, so that they meet
};

std::string Random::domain() {
    static const std::vector<std::string> tops{"example", "co.example", "stalls.example", "test"};
    std::string text = tops[below(chance(6) ? tops.size() : 2)];
    const std::size_t depth = chance(5) ? 5 + below(5) : below(4);
    for (std::size_t i = 0; i < depth; ++i) {
        text.insert(0, chance(2) ? "a." : "b.");
    }
    return text;
}

std::string Random::record() {
    static const std::vector<std::string> records{
        "v=DMARC1; p=none",
        "v=DMARC1; p=reject",
        "v=DMARC1; p=quarantine; sp=reject; np=none",
        "v=DMARC1; p=none; np=reject",
        "v=DMARC1; p=reject; psd=y",
        "v=DMARC1; p=none; sp=quarantine; psd=y",
        "v=DMARC1; p=reject; psd=n",
        "v=DMARC1; p=reject; adkim=s",
        "v=DMARC1; p=reject; aspf=s; t=y",
        "v=DMARC1; adkim=s",
        "v=DMARC1; rua=mailto:a@x.org",
        "v=DMARC1; p=reject; sp=oops",
        "v=DMARC1; p=reject; np=oops; rua=mailto:a@x.org; psd=n",
        "v=spf1 -all",
        "v=DMARC10; p=reject",
    };
    return records[below(records.size())];
}

std::optional<dmarc::Identifier> Random::identifier() {
    const auto state = chance(5) ? dmarc::IdentifierState::temperror : dmarc::IdentifierState::pass;
    return dmarc::Identifier{name(pool_[below(pool_.size())]), state};
}

// In place of other records there, but a name that fails goes on to do so.
void publish(Zone& zone, const std::string& owner, std::vector<std::string> records) {
    const dns::Question question{owner, dns::Type::txt};
    const dns::Answer* before = zone.find(question);
    if (before != nullptr && before->status == dns::Status::failed) {
        return;
    }
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.texts = std::move(records);
    zone.set(question, std::move(answer));
}

Tree Random::tree() {
    pool_.clear();
    for (int i = 0; i < 5; ++i) {
        pool_.push_back(domain());
    }
    Tree tree{{}, {name(pool_.front()), {}, {}}};
    for (const std::string& start : pool_) {
        for (std::string owner = start;; owner.erase(0, owner.find('.') + 1)) {
            if (chance(4)) {
                std::vector<std::string> records{record()};
                if (chance(6)) {
                    records.push_back(record());
                }
                publish(tree.zone, "_dmarc." + owner, std::move(records));
            } else if (chance(15)) {
                tree.zone.set(
                    {"_dmarc." + owner, dns::Type::txt},
                    dns::failed(chance(3) ? dns::Failure::malformed : dns::Failure::server_failure));
            }
            if (owner.find('.') == std::string::npos) {
                break;
            }
        }
        if (chance(2)) {
            tree.zone.add("A " + start, "192.0.2.1");
        }
    }
    if (chance(12)) {
        tree.zone.add("* " + pool_.front(), "FAILED timeout");
    }
    if (chance(2)) {
        tree.request.spf = identifier();
    }
    for (std::size_t count = below(4); count > 0; --count) {
        tree.request.dkim.push_back(*identifier());
    }
    return tree;
}

dmarc::Options options_for(dmarc::Extent extent, const dmarc::PublicSuffixList* list = nullptr) {
    dmarc::Options options;
    options.extent = extent;
    options.public_suffixes = list;
    return options;
}

// Every question that any walk of the request may ask.
std::vector<dns::Question> askable(const dmarc::Request& request) {
    std::vector<base::DomainName> starts{request.author_domain};
    for (const dmarc::Identifier& identifier : request.dkim) {
        starts.push_back(identifier.domain);
    }
    if (request.spf) {
        starts.push_back(request.spf->domain);
    }
    dns::Questions questions;
    questions.add(dns::Question{request.author_domain.text(), dns::Type::txt});
    for (const base::DomainName& start : starts) {
        questions.add(dmarc::early_questions(start, {}));
    }
    return {questions.begin(), questions.end()};
}

// --- The second implementation
// -----------------------------------------------------------------------------------

struct Reference {
    struct Walk {
        bool failed = false;
        bool lasting = false;
        std::vector<std::pair<base::DomainName, dmarc::Record>> found;
    };
    struct Answer {
        Result result = Result::none;
        std::string policy_domain = "-";
        std::string tag;
        Alignment spf = Alignment::undecided;
        Alignment dkim = Alignment::undecided;
    };

    const Zone& zone;

    dns::Answer txt(const std::string& owner) const { return zone.answer({owner, dns::Type::txt}); }
    Walk walk(const base::DomainName& start, bool only_start) const;
    base::DomainName organization(const Walk& walk, const base::DomainName& start) const;
    Alignment aligned(const base::DomainName& identifier, const base::DomainName& author,
                      dmarc::AlignmentMode mode, bool& lasting) const;
    Answer evaluate(const dmarc::Request& request) const;
    void align(const dmarc::Request& request, const dmarc::Record& record, bool policy_unknown,
               Answer& answer) const;
};

Reference::Walk Reference::walk(const base::DomainName& start, bool only_start) const {
    Walk walk;
    std::size_t labels = start.label_count();
    for (base::DomainName target = start;; target = start.suffix(labels)) {
        const dns::Answer answer = txt("_dmarc." + target.text());
        if (answer.status == dns::Status::failed) {
            walk.failed = true;
            walk.lasting = false; // the names of these trees are short enough to be asked for
            return walk;
        }
        std::vector<dmarc::Record> records;
        for (const std::string& text : answer.texts) {
            if (auto record = dmarc::parse_record(text)) {
                records.push_back(*record);
            }
        }
        if (records.size() == 1) {
            walk.found.emplace_back(target, records.front());
        }
        labels = labels >= 9 ? 7 : labels - 1;
        if (only_start || labels == 0 ||
            (records.size() == 1 && records.front().psd != dmarc::PublicSuffixFlag::unknown)) {
            return walk;
        }
    }
}

base::DomainName Reference::organization(const Walk& walk, const base::DomainName& start) const {
    for (const auto& [domain, record] : walk.found) {
        if (record.psd == dmarc::PublicSuffixFlag::no) {
            return domain;
        }
        if (record.psd == dmarc::PublicSuffixFlag::yes && domain != start) {
            return start.suffix(domain.label_count() + 1);
        }
    }
    return walk.found.empty() ? start : walk.found.back().first;
}

Alignment Reference::aligned(const base::DomainName& identifier, const base::DomainName& author,
                             dmarc::AlignmentMode mode, bool& lasting) const {
    if (identifier == author) {
        return Alignment::yes;
    }
    if (mode == dmarc::AlignmentMode::strict || identifier.suffix(1) != author.suffix(1)) {
        return Alignment::no;
    }
    const Walk ours = walk(author, false);
    if (ours.failed) {
        lasting = ours.lasting;
        return Alignment::undecided;
    }
    const base::DomainName home = organization(ours, author);
    const Walk theirs = walk(identifier, false);
    if (theirs.failed) {
        lasting = theirs.lasting;
        return identifier.is_at_or_below(home) ? Alignment::undecided : Alignment::no;
    }
    return organization(theirs, identifier) == home ? Alignment::yes : Alignment::no;
}

void Reference::align(const dmarc::Request& request, const dmarc::Record& record, bool policy_unknown,
                      Answer& answer) const {
    bool temporary = false;
    bool permanent = false;
    const auto mechanism = [&](const std::vector<dmarc::Identifier>& identifiers, dmarc::AlignmentMode mode) {
        Alignment best = Alignment::no;
        for (const dmarc::Identifier& identifier : identifiers) {
            bool lasting = false;
            const Alignment one = aligned(identifier.domain, request.author_domain, mode, lasting);
            const bool stuck = identifier.state == dmarc::IdentifierState::temperror;
            if (one == Alignment::yes && !stuck) {
                best = Alignment::yes;
            } else if (one != Alignment::no) {
                best = best == Alignment::yes ? best : Alignment::undecided;
                (lasting ? permanent : temporary) = true;
            }
        }
        return best;
    };
    answer.spf =
        mechanism(request.spf ? std::vector{*request.spf} : std::vector<dmarc::Identifier>{}, record.aspf);
    answer.dkim = mechanism(request.dkim, record.adkim);
    if (answer.spf == Alignment::yes || answer.dkim == Alignment::yes) {
        answer.result = Result::pass;
    } else if (temporary || (policy_unknown && !permanent)) {
        answer.result = Result::temperror;
    } else {
        answer.result = permanent ? Result::permerror : Result::fail;
    }
}

Reference::Answer Reference::evaluate(const dmarc::Request& request) const {
    Answer answer;
    const base::DomainName& author = request.author_domain;
    Walk found = walk(author, true);
    const bool own = !found.found.empty();
    if (!found.failed && !own) {
        found = walk(author, false);
    }
    if (found.failed) {
        answer.result = found.lasting ? Result::permerror : Result::temperror;
        return answer;
    }
    const base::DomainName home = organization(found, author);
    std::optional<std::pair<base::DomainName, dmarc::Record>> chosen;
    for (const auto& entry : found.found) {
        if (entry.first == (own ? author : home)) {
            chosen = entry;
        }
    }
    if (!chosen && !found.found.empty() && found.found.back().second.psd == dmarc::PublicSuffixFlag::yes) {
        chosen = found.found.back();
    }
    if (!chosen) {
        return answer;
    }
    const dmarc::Record& record = chosen->second;
    using State = dmarc::PolicyTag::State;
    const bool invalid = record.p.state == State::invalid || record.sp.state == State::invalid ||
                         record.np.state == State::invalid;
    const bool forced = invalid || record.p.state == State::absent;
    if (forced && record.rua.empty()) {
        answer.result = invalid ? Result::permerror : Result::none;
        return answer;
    }
    answer.policy_domain = chosen->first.text();
    const std::string sp = record.sp.state == State::valid ? "sp" : "p";
    answer.tag = forced ? "forced" : own ? "p" : sp;
    bool unknown = false;
    const dmarc::Policy for_existing = record.sp.state == State::valid ? record.sp.policy : record.p.policy;
    if (!forced && !own && record.np.state == State::valid && record.np.policy != for_existing) {
        const bool proven = txt("_dmarc." + author.text()).status != dns::Status::no_name;
        const dns::Status status = proven ? dns::Status::no_data : txt(author.text()).status;
        unknown = status == dns::Status::failed;
        answer.tag = unknown ? "" : status == dns::Status::no_name ? "np" : sp;
    }
    align(request, record, unknown, answer);
    return answer;
}

} // namespace

TEST_CASE("two implementations agree on every tree") {
    Random random(1);
    std::size_t seen[5] = {};
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const auto verdict =
            dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::full)).verdict;
        const Reference::Answer expected = Reference{tree.zone}.evaluate(tree.request);
        CAPTURE(i, tree.request.author_domain.text(), describe(verdict));
        REQUIRE(dmarc::print(verdict.result) == dmarc::print(expected.result));
        REQUIRE((verdict.policy_domain ? verdict.policy_domain->text() : "-") == expected.policy_domain);
        REQUIRE(verdict.policy_tag == expected.tag);
        REQUIRE(dmarc::print(verdict.spf) == dmarc::print(expected.spf));
        REQUIRE(dmarc::print(verdict.dkim) == dmarc::print(expected.dkim));
        ++seen[static_cast<std::size_t>(verdict.result)];
    }
    for (const std::size_t count : seen) {
        CHECK(count > trees / 100); // every result was among them
    }
}

TEST_CASE("answers that come early, late or for nothing never change a verdict") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    Random random(2);
    test::PlainMemo<dmarc::Record> memo;
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const auto extent = static_cast<dmarc::Extent>(random.below(3));
        const dmarc::Options options = options_for(extent, random.chance(2) ? &*list : nullptr);
        const std::string alone = describe(dmarc_test::run(tree.zone, tree.request, options).verdict);
        dns::Answers some;
        for (const dns::Question& question : askable(tree.request)) {
            if (random.chance(2)) {
                some.insert(question, tree.zone.answer(question));
            }
        }
        some.insert({"_dmarc.elsewhere.example", dns::Type::txt}, dns::failed(dns::Failure::timeout));
        REQUIRE(describe(dmarc_test::run(tree.zone, tree.request, options, some).verdict) == alone);
        dns::Answers all;
        for (const dns::Question& question : askable(tree.request)) {
            all.insert(question, tree.zone.answer(question));
        }
        dmarc::Options remembering = options;
        remembering.records = &memo;
        REQUIRE(describe(dmarc_test::run(tree.zone, tree.request, remembering, all).verdict) == alone);
        const auto ahead = dmarc_test::run(tree.zone, tree.request, options, all);
        REQUIRE(ahead.asked.empty());
        REQUIRE(describe(ahead.verdict) == alone);
    }
    CHECK(memo.hits() > static_cast<std::size_t>(trees));
}

TEST_CASE("without steps the verdict is the same") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    Random random(7);
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const auto extent = static_cast<dmarc::Extent>(random.below(3));
        dmarc::Options options = options_for(extent, random.chance(2) ? &*list : nullptr);
        auto told = dmarc_test::run(tree.zone, tree.request, options).verdict;
        REQUIRE_FALSE(told.steps.empty());
        told.steps.clear();
        options.steps = false;
        REQUIRE(describe(dmarc_test::run(tree.zone, tree.request, options).verdict) == describe(told));
    }
}

TEST_CASE("pursuing the second mechanism changes nothing but what was left open") {
    Random random(3);
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const auto lazy = dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::verdict));
        const auto full = dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::full));
        CAPTURE(i, describe(lazy.verdict), describe(full.verdict));
        REQUIRE(lazy.verdict.result == full.verdict.result);
        REQUIRE(lazy.verdict.policy == full.verdict.policy);
        REQUIRE(lazy.verdict.aligned_by == full.verdict.aligned_by);
        REQUIRE((lazy.verdict.spf == full.verdict.spf || lazy.verdict.spf == Alignment::undecided));
        REQUIRE((lazy.verdict.dkim == full.verdict.dkim || lazy.verdict.dkim == Alignment::undecided));
        REQUIRE(lazy.asked.size() <= full.asked.size());
    }
}

TEST_CASE("a lost answer ends in an error or changes nothing") {
    Random random(4);
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const dmarc::Options options = options_for(dmarc::Extent::full);
        const auto whole = dmarc_test::run(tree.zone, tree.request, options);
        for (const dns::Question& lost : whole.asked) {
            dns::Answers known;
            known.insert(lost, dns::failed(dns::Failure::timeout));
            const auto verdict = dmarc_test::run(tree.zone, tree.request, options, known).verdict;
            CAPTURE(i, print(lost), describe(whole.verdict), describe(verdict));
            const bool error = verdict.result == Result::temperror;
            REQUIRE((error || verdict.result == whole.verdict.result));
            REQUIRE((!error || !verdict.policy));
        }
    }
}

TEST_CASE("removing or doubting an identifier never improves the verdict") {
    Random random(5);
    const dmarc::Options options = options_for(dmarc::Extent::verdict);
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const Result before = dmarc_test::run(tree.zone, tree.request, options).verdict.result;
        const auto check = [&](const dmarc::Request& request, bool doubted) {
            const Result after = dmarc_test::run(tree.zone, request, options).verdict.result;
            CAPTURE(i, dmarc::print(before), dmarc::print(after));
            REQUIRE((after != Result::pass || before == Result::pass));
            REQUIRE((!doubted || after == before || after == Result::temperror));
            REQUIRE((before == Result::none) == (after == Result::none));
        };
        for (std::size_t k = 0; k < tree.request.dkim.size(); ++k) {
            dmarc::Request without = tree.request;
            without.dkim.erase(without.dkim.begin() + static_cast<std::ptrdiff_t>(k));
            check(without, false);
            dmarc::Request doubted = tree.request;
            doubted.dkim[k].state = dmarc::IdentifierState::temperror;
            check(doubted, true);
        }
        if (tree.request.spf) {
            dmarc::Request without = tree.request;
            without.spf.reset();
            check(without, false);
        }
    }
}

TEST_CASE("the veto only ever denies") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    Random random(6);
    std::size_t denied = 0;
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        const auto free = dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::full)).verdict;
        const auto held =
            dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::full, &*list)).verdict;
        CAPTURE(i, describe(free), describe(held));
        REQUIRE((held.result != Result::pass || free.result == Result::pass));
        REQUIRE((held.vetoed || describe(held) == describe(free)));
        REQUIRE(held.published_policy == free.published_policy);
        denied += held.result != free.result ? 1U : 0U;
    }
    CHECK(denied > 0);
}

TEST_CASE("an unnamed order of signatures does not change the result") {
    Random random(7);
    for (int i = 0; i < trees; ++i) {
        const Tree tree = random.tree();
        dmarc::Request reversed = tree.request;
        std::reverse(reversed.dkim.begin(), reversed.dkim.end());
        const auto a = dmarc_test::run(tree.zone, tree.request, options_for(dmarc::Extent::full)).verdict;
        const auto b = dmarc_test::run(tree.zone, reversed, options_for(dmarc::Extent::full)).verdict;
        CAPTURE(i, describe(a), describe(b));
        REQUIRE(a.result == b.result);
        REQUIRE(a.spf == b.spf);
        REQUIRE(a.dkim == b.dkim);
    }
}
