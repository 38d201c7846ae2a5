#include "milter/reports/flusher.h"

#include "milter/reports/housekeeping.h"
#include "report/aggregate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace milter::reports {

using log::Event;
using record::Family;
using record::Reported;

namespace {

constexpr base::UnixTime between_cleanings = 60;
// Rows of a transaction in PostgreSQL. Daemons that count mail of the same domains wait for each other's
// locks as long as one of them takes.
constexpr std::size_t rows_at_once = 250;

constexpr TroubleLog::Words words{
    "the store of counts for reports takes them again",
    "there is no room for counts in memory (reports.memory) until the store takes them: mail is not counted "
    "for reports"};

bool is_same_store(const config::Reports& a, const config::Reports& b) {
    return a.store == b.store && a.store_user == b.store_user &&
           a.store_password_file == b.store_password_file && a.durable == b.durable;
}

// A server has to be asked; a file that is not there has nothing that could be old.
bool may_be_there(const config::Reports& settings) {
    std::error_code error;
    return !config::is_path(settings.store) || std::filesystem::exists(settings.store, error);
}

// The day behind the last one that is stored, if that is before `today`.
Stored<report::Day> day_after_last(Database& database, report::Day today) {
    const auto table = database.run("SELECT coalesce(max(day) + 1, $1) FROM paraph_report_policy",
                                    {Value(std::int64_t{today})});
    return table ? Stored<report::Day>(
                       static_cast<report::Day>(std::min(table->rows.at(0).number(0), std::int64_t{today})))
                 : base::refuse(table.error());
}

} // namespace

Flusher::Flusher(Collector& collector, FailureCollector& failures, log::Logger& logger,
                 record::Counters& counters, Make make, std::string instance, std::string host)
    : collector_(collector), failures_(failures, counters), logger_(logger), counters_(counters),
      make_(std::move(make)), trouble_(logger, words) {
    origin_.instance = std::move(instance);
    origin_.host = std::move(host);
}

void Flusher::flush(const config::Reports& settings, base::UnixTime now) {
    const bool had_batch = has_batch();
    auto outcome = write(settings, now);
    if (outcome && had_batch) { // and what was counted while that could not be written
        outcome = write(settings, now);
    }
    note_losses();
    note_outcome(outcome);
    if (!settings.enabled && !has_batch()) {
        database_.reset(); // nobody holds it open while nothing is counted
    }
}

void Flusher::give_up() {
    auto lost = (batch_ ? batch_->messages() : 0) + collector_.take().messages();
    for (const Pending& piece : behind_) {
        lost += piece.messages();
    }
    batch_.reset();
    behind_.clear();
    if (lost > 0) {
        counters_.add(Family::reports, static_cast<std::size_t>(Reported::dropped),
                      static_cast<std::uint64_t>(lost));
        logger_.write(
            Event::reports_lost,
            fmt::format("at the end the store does not take what was counted: {} {} lost for reports", lost,
                        lost == 1 ? "message is" : "messages are"));
    }
    if (const auto reports = failures_.give_up(); reports > 0) {
        logger_.write(Event::reports_lost,
                      fmt::format("at the end the store does not take failure reports: {} {} lost", reports,
                                  reports == 1 ? "is" : "are"));
    }
}

Stored<void> Flusher::write(const config::Reports& settings, base::UnixTime now) {
    note_losses();
    begin_batch(settings, now);
    failures_.gather();
    if (auto opened = open(settings); !opened) {
        return opened;
    }
    if (auto kept = keep_house(settings, now); !kept) {
        return kept;
    }
    if (auto written = write_batch(settings, now); !written || !failures_.has_batch()) {
        return written;
    }
    return failures_.write(*database_, {origin_.instance, origin_.host, now}, full_);
}

void Flusher::begin_batch(const config::Reports& settings, base::UnixTime now) {
    if (batch_) {
        return;
    }
    batch_ = collector_.take();
    if (batch_->empty() && dropped_ == 0) {
        batch_.reset();
        collector_.settle(true);
        return;
    }
    collector_.hold(batch_->bytes());
    if (!config::is_path(settings.store)) { // before it is tried: each piece has a number of its own
        behind_ = Pending::split(*std::move(batch_), rows_at_once);
        std::reverse(behind_.begin(), behind_.end());
        next_piece();
    } else {
        ++origin_.number;
    }
    origin_.at = now;
    origin_.less_detail = std::exchange(less_detail_, 0);
    origin_.dropped = std::exchange(dropped_, 0);
}

void Flusher::next_piece() {
    batch_.reset();
    origin_.less_detail = origin_.dropped = 0; // told with the one before
    if (!behind_.empty()) {
        batch_ = std::move(behind_.back());
        behind_.pop_back();
        ++origin_.number;
    }
}

Stored<void> Flusher::open(const config::Reports& settings) {
    if (!has_batch() && !database_ && !may_be_there(settings)) {
        return {}; // nothing to do
    }
    if (!database_ || !is_same_store(settings, opened_with_)) {
        database_.reset();
        auto made = make_(settings);
        if (!made) {
            return base::refuse(Failure{Failure::Kind::refused, made.error()});
        }
        database_ = *std::move(made);
        opened_with_ = settings;
        house_kept_.reset();
        organizations_.forget();
    }
    return has_batch() ? database_->open() : Stored<void>();
}

Stored<void> Flusher::write_batch(const config::Reports& settings, base::UnixTime now) {
    while (batch_) {
        if (auto written = write_piece(settings, now); !written) {
            return written;
        }
        next_piece();
    }
    collector_.hold(0);
    collector_.settle(true);
    return {};
}

Stored<void> Flusher::write_piece(const config::Reports& settings, base::UnixTime now) {
    origin_.at = now;
    origin_.is_durable = settings.durable;
    if (full_ && !batch_->empty()) {
        counters_.add(Family::reports, static_cast<std::size_t>(Reported::dropped),
                      static_cast<std::uint64_t>(batch_->messages()));
        origin_.dropped += batch_->messages();
        batch_.emplace();
    }
    const auto flushed = reports::flush(*database_, *batch_, origin_,
                                        {.rows_per_domain = settings.rows_per_domain,
                                         .domains_per_organization = settings.domains_per_organization},
                                        organizations_);
    if (!flushed) {
        return base::refuse(flushed.error());
    }
    const auto add = [this](Reported what, std::int64_t messages) {
        counters_.add(Family::reports, static_cast<std::size_t>(what), static_cast<std::uint64_t>(messages));
    };
    add(Reported::stored, batch_->messages());
    add(Reported::less_detail, flushed->less_detail);
    return {};
}

// Now and then: whether the store has room is known before anything is written to it.
Stored<void> Flusher::keep_house(const config::Reports& settings, base::UnixTime now) {
    const bool is_empty = !has_batch() && !may_be_there(settings); // somebody took the file away
    if (!database_ || is_empty ||
        (house_kept_ && now >= *house_kept_ && now < *house_kept_ + between_cleanings)) {
        return {};
    }
    const auto believed = believed_day(now);
    if (!believed) {
        return base::refuse(believed.error());
    }
    const auto today = *believed;
    const auto kept = static_cast<report::Day>(settings.keep.count() / report::seconds_a_day);
    if (auto done = expire(*database_, today - kept); !done) {
        return done;
    }
    // Longer than anybody tries to send them.
    const auto failures_kept = settings.mail.give_up.count() + report::seconds_a_day;
    if (auto done = expire_failures(*database_, report::begin_of(today) - failures_kept); !done) {
        return done;
    }
    const auto full = make_room(*database_, settings.store_size, today);
    if (!full) {
        return base::refuse(full.error());
    }
    if (*full && !full_) {
        logger_.write(
            Event::reports_lost,
            fmt::format("the store is as large as it may be (reports.store_size: {} bytes): mail is "
                        "not counted for reports",
                        settings.store_size));
    }
    full_ = *full;
    house_kept_ = now;
    return {};
}

// Before anything of a day to which the clock may have jumped is in the store.
Stored<report::Day> Flusher::believed_day(base::UnixTime now) {
    const auto today = report::day_of(now);
    if (clock_.see(now)) {
        doubted_.reset();
        return today;
    }
    if (!doubted_ || *doubted_ > today) {
        const auto day = day_after_last(*database_, today);
        if (!day) {
            return day;
        }
        doubted_ = *day;
    }
    return std::min(*doubted_, today);
}

void Flusher::note_losses() {
    const auto losses = collector_.take_losses();
    less_detail_ += losses.less_detail;
    dropped_ += losses.dropped;
    const auto add = [this](Reported what, std::int64_t messages) {
        counters_.add(Family::reports, static_cast<std::size_t>(what), static_cast<std::uint64_t>(messages));
    };
    add(Reported::less_detail, losses.less_detail);
    add(Reported::dropped, losses.dropped);
    add(Reported::late, losses.late);
    trouble_.lose(losses.dropped);
}

void Flusher::note_outcome(const Stored<void>& outcome) {
    if (!outcome) {
        collector_.settle(false);
    }
    trouble_.end_round(outcome ? nullptr : &outcome.error().text);
}

} // namespace milter::reports
