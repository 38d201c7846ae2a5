// Whether a failure report is due for a message (RFC 9991 2 and 3, RFC 9989 4.7), and what kind.
//
// One report at most for a message: of the kinds that its record asks for, the first of DMARC, DKIM and SPF.
#pragma once

#include "authenticate/verdict.h"
#include "report/mail_kind.h"
#include "report/report_uri.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace report {

enum class FailureKind : std::uint8_t { dmarc, dkim, spf };

struct Failure {
    FailureKind kind = FailureKind::dmarc;
    std::size_t signature = 0; // of kind dkim: in Verdict::dkim

    bool operator==(const Failure&) const = default;
};

// What fo= asks for. What cannot be read is the default.
struct FailureOptions {
    bool all = false; // 0: no mechanism gave an aligned pass
    bool any = false; // 1: one of them did not
    bool dkim = false;
    bool spf = false;

    bool operator==(const FailureOptions&) const = default;
};

[[nodiscard]] FailureOptions read_failure_options(std::string_view fo);

// For fo=1: whether a message without any signature, or of a domain without an SPF record, counts as one that
// gave no aligned pass. By the word of RFC 9989 it does, and there are many.
enum class Absent : std::uint8_t { fails, passes_over };

// Nothing: the record asks for none, or a question is open that could have made it another result.
[[nodiscard]] std::optional<Failure> find_failure(const authenticate::Verdict& verdict, Absent absent);

// ---- Loops

// What is known beside the verdict. The first three are facts of ours, no word of the sender's.
struct FailureReception {
    bool null_sender = false;
    bool hosted = false;     // the author's domain is one of ours
    bool own_report = false; // by our own report stream
    MailKind kind{};
};

// Why no failure report may be sent about this message, whatever the record asks for; empty: it may. A report
// about a report, or to whoever wrote the message, would be answered by another.
[[nodiscard]] std::string_view failure_obstacle(const authenticate::Verdict& verdict,
                                                const FailureReception& reception);
// The same of one address.
[[nodiscard]] bool is_author(const authenticate::Verdict& verdict, const Address& destination);

} // namespace report
