#include "milter/tool/dns_options.h"

#include "dns/answers_file.h"
#include "milter/command_line/app.h"
#include "milter/tool/counted.h"
#include "milter/tool/files.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <array>
#include <optional>
#include <utility>

namespace milter::tool {

namespace {

constexpr std::array<std::pair<std::string_view, Missing>, 5> missing_words{{{"error", Missing::refuse},
                                                                             {"no-name", Missing::no_name},
                                                                             {"no-data", Missing::no_data},
                                                                             {"fail", Missing::fail},
                                                                             {"zone", Missing::zone}}};

Missing missing_of(const std::string& text) {
    for (const auto& [word, value] : missing_words) {
        if (word == text) {
            return value;
        }
    }
    return Missing::refuse; // the command line admits only the words above
}

Result<std::unique_ptr<AnswerSource>> open_file(const DnsOptions& options, Console& console) {
    const auto text = read_input(options.answers, console);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    auto answers = dns::parse_answers(*text);
    if (!answers) {
        return fail(ExitCode::data,
                    fmt::format("{}:{}: {}", options.answers, answers.error().line, answers.error().message));
    }
    return std::make_unique<FileSource>(std::move(*answers), missing_of(options.missing), options.answers);
}

} // namespace

Result<resolver::Options> resolver_options(const DnsOptions& options, const config::Settings& settings) {
    resolver::Options resolver;
    resolver.timeout = settings.dns.timeout;
    resolver.attempts = settings.dns.attempts;
    resolver.cache_bytes = settings.dns.cache_bytes;
    if (options.nameservers.empty()) {
        resolver.servers = settings.dns.nameservers;
    }
    for (const std::string& name : options.nameservers) {
        const auto server = dns::parse_server(name);
        if (!server) {
            return fail(ExitCode::usage, fmt::format("{}: not a name server's ADDRESS[:PORT]", name));
        }
        resolver.servers.push_back(*server);
    }
    return resolver;
}

void add_dns_options(command_line::App& app, DnsOptions& options) {
    std::vector<std::string> words;
    words.reserve(missing_words.size());
    for (const auto& [word, value] : missing_words) {
        words.emplace_back(word);
    }
    auto* server = app.add_option("--nameserver", options.nameservers,
                                  "Ask this server instead of the system's; may be given again")
                       ->type_name("ADDR[:PORT]")
                       ->allow_extra_args(false);
    auto* answers =
        app.add_option("--answers", options.answers, "Take all answers from this file and send nothing")
            ->type_name("FILE")
            ->excludes(server);
    app.add_option("--missing", options.missing, "What to answer if the file has no answer")
        ->among(words)
        ->needs(answers)
        ->capture_default_str();
    app.add_option("--dump-answers", options.dump, "Write every answer to this file, for --answers")
        ->type_name("FILE");
    app.add_flag("--show-questions", options.show_questions, "Print every question with its answer");
}

Result<std::unique_ptr<AnswerSource>> open_source(const DnsOptions& options, const config::Settings& settings,
                                                  Console& console) {
    if (!options.answers.empty()) {
        return open_file(options, console);
    }
    const auto resolver = resolver_options(options, settings);
    if (!resolver) {
        return tl::make_unexpected(resolver.error());
    }
    return std::make_unique<DnsSource>(*resolver, settings.dns.message_budget);
}

Result<Lookups> open_lookups(const DnsOptions& options, const config::Settings& settings, Console& console) {
    auto source = open_source(options, settings, console);
    if (!source) {
        return tl::make_unexpected(source.error());
    }
    return Lookups(std::move(*source), settings.dns.questions_per_message);
}

Result<void> report_lookups(const DnsOptions& options, const Lookups& lookups, bool json, Console& console) {
    for (const std::string& warning : lookups.warnings()) {
        fmt::print(console.err, "paraph: {}\n", warning);
    }
    dns::Answers asked;
    for (const dns::Question& question : lookups.asked()) {
        if (const auto* answer =
                lookups.known().find(question)) { // null: the file does not say, and need not
            asked.insert(question, *answer);
        }
    }
    if (options.show_questions && !json) {
        fmt::print(console.out, "\n{} in {}:\n{}", counted(lookups.asked().size(), "question"),
                   counted(lookups.rounds(), "round"), dns::print_answers(asked));
    }
    return options.dump.empty() ? Result<void>()
                                : write_output(options.dump, dns::print_answers(asked), console);
}

} // namespace milter::tool
