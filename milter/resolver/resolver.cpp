#include "milter/resolver/resolver.h"

#include "base/ascii.h"
#include "milter/resolver/cache.h"
#include "milter/resolver/inflight.h"
#include "milter/resolver/stub.h"
#include "milter/resolver/warnings.h"

#include <atomic>
#include <exception>
#include <utility>

namespace milter::resolver {

class CachingResolver::Impl {
  public:
    explicit Impl(const Options& options)
        : cache_({options.cache_bytes, options.max_ttl, options.max_negative_ttl, options.failure_ttl}),
          inflight_(options.max_questions_in_flight), warnings_(options.report), stub_(options, warnings_) {}

    void ask(const dns::Question& question, Callback callback);
    [[nodiscard]] dns::AnswerPtr recall(const dns::Question& question);
    void stop() { stub_.stop(); }
    [[nodiscard]] Statistics statistics() const;

  private:
    void send(const dns::Question& question);
    void land(const dns::Question& question, const dns::AnswerPtr& answer);
    void hand_over(const dns::AnswerPtr& answer, const Callback& callback);

    Cache cache_;
    Inflight inflight_;
    Warnings warnings_;
    std::atomic<std::uint64_t> questions_{0};
    std::atomic<std::uint64_t> cache_hits_{0};
    std::atomic<std::uint64_t> joined_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<std::uint64_t> callback_errors_{0};
    Stub stub_; // last: its thread uses all of the above
};

void CachingResolver::Impl::ask(const dns::Question& question, Callback callback) {
    if (const auto known = recall(question)) {
        hand_over(known, callback);
        return;
    }
    ++questions_;
    switch (inflight_.join(question, callback)) {
    case Inflight::Joined::first:
        send(question);
        return;
    case Inflight::Joined::waiting:
        ++joined_;
        return;
    case Inflight::Joined::full:
        warnings_.warn(Warning::too_many_questions, dns::print(question), Clock::now());
        ++failures_;
        hand_over(std::make_shared<const dns::Answer>(dns::failed(dns::Failure::timeout)), callback);
        return;
    }
}

dns::AnswerPtr CachingResolver::Impl::recall(const dns::Question& question) {
    auto known = cache_.find(question, Clock::now());
    if (known != nullptr) {
        ++questions_;
        ++cache_hits_;
        failures_ += known->status == dns::Status::failed ? 1U : 0U;
    }
    return known;
}

void CachingResolver::Impl::send(const dns::Question& question) {
    const bool accepted = stub_.ask(question, [this](const dns::Question& asked, dns::Answer answer) {
        const auto shared = std::make_shared<const dns::Answer>(std::move(answer));
        // Into the cache first: who comes after the flight has landed must find it there.
        cache_.insert(asked, shared, Clock::now());
        land(asked, shared);
    });
    if (!accepted) {
        land(question, std::make_shared<const dns::Answer>(dns::failed(dns::Failure::timeout)));
    }
}

void CachingResolver::Impl::land(const dns::Question& question, const dns::AnswerPtr& answer) {
    for (const Callback& callback : inflight_.land(question)) {
        failures_ += answer->status == dns::Status::failed ? 1U : 0U;
        hand_over(answer, callback);
    }
}

void CachingResolver::Impl::hand_over(const dns::AnswerPtr& answer, const Callback& callback) {
    try {
        callback(answer);
    } catch (const std::exception& error) {
        ++callback_errors_;
        warnings_.warn(Warning::callback_threw, base::printable(error.what()), Clock::now());
    } catch (...) {
        ++callback_errors_;
        warnings_.warn(Warning::callback_threw, "", Clock::now());
    }
}

Statistics CachingResolver::Impl::statistics() const {
    const auto cache = cache_.statistics();
    return {.questions = questions_,
            .cache_hits = cache_hits_,
            .joined = joined_,
            .sent = stub_.sent(),
            .failures = failures_,
            .evicted = cache.evicted,
            .callback_errors = callback_errors_,
            .cache_entries = cache.entries,
            .cache_bytes = cache.bytes};
}

CachingResolver::CachingResolver(const Options& options) : impl_(std::make_unique<Impl>(options)) {}

// Here and not in a member's destructor, because a callback that is answered now may ask again, through this
// object.
CachingResolver::~CachingResolver() {
    impl_->stop();
}

void CachingResolver::ask(const dns::Question& question, Callback callback) {
    impl_->ask(question, std::move(callback));
}

dns::AnswerPtr CachingResolver::recall(const dns::Question& question) {
    return impl_->recall(question);
}

Statistics CachingResolver::statistics() const {
    return impl_->statistics();
}

} // namespace milter::resolver
