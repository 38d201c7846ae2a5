// A few DNS records as text, and the evaluation of SPF over them.
#pragma once

#include "spf/evaluate.h"

#include <string>
#include <utility>
#include <vector>

namespace test {

// Each line is a question and one record that answers it: {"TXT example.org", "v=spf1 mx -all"},
// {"MX example.org", "10 mx.example.org"}, {"A mx.example.org", "192.0.2.1"}, {"PTR 192.0.2.1",
// "mx.example.org"}. The record "!" stands for a timeout.
using Lines = std::vector<std::pair<std::string, std::string>>;

class Zone {
  public:
    explicit Zone(const Lines& lines);

    // The records; no data for a name that has others; else NXDOMAIN.
    [[nodiscard]] dns::Answer answer(const dns::Question& question) const;
    // Answers to every type of question at every name of the zone, asked for or not.
    [[nodiscard]] dns::Answers everything() const;

  private:
    dns::Answers records_;
};

struct Evaluated {
    spf::Verdict verdict;
    std::size_t rounds = 0;    // how often questions had to be answered
    std::size_t questions = 0; // how many were
    dns::Answers known;
};

[[nodiscard]] Evaluated evaluate(const spf::Request& request, const Zone& zone,
                                 const spf::Options& options = {});

// ann@example.org from 192.0.2.10, HELO mx.example.org.
[[nodiscard]] spf::Request ann();

} // namespace test
