#include "milter/resolver/resolver.h"
#include "support/catch.h"
#include "support/dns_server.h"

#include <future>

namespace {

dns::AnswerPtr ask(resolver::Resolver& resolver, const std::string& name, dns::Type type) {
    auto promise = std::make_shared<std::promise<dns::AnswerPtr>>();
    auto answer = promise->get_future();
    resolver.ask({name, type}, [promise](const dns::AnswerPtr& got) { promise->set_value(got); });
    return answer.get();
}

} // namespace

TEST_CASE("smoke") {
    support::DnsServer server;
    server.add("example.org 60 A 192.0.2.1");
    resolver::Options options;
    options.servers = {{"127.0.0.1", server.port()}};
    resolver::CachingResolver resolver(options);
    CHECK(ask(resolver, "example.org", dns::Type::a)->addresses.size() == 1);
    CHECK(ask(resolver, "none.example.org", dns::Type::a)->status == dns::Status::no_name);
}
