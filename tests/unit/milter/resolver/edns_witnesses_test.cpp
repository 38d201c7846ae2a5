#include "milter/resolver/edns_witnesses.h"
#include "support/catch.h"
#include "unit/milter/resolver/server_at.h"

using milter::resolver::EdnsWitnesses;
using milter::resolver::Server;

namespace {

const EdnsWitnesses::Time start{std::chrono::hours(1)};
const Server server = test::server_at("192.0.2.1");
const Server other = test::server_at("192.0.2.2");

} // namespace

TEST_CASE("it takes two names of different owners to leave EDNS off") {
    EdnsWitnesses witnesses;
    CHECK_FALSE(witnesses.refused(server, "a.test", start));
    CHECK_FALSE(witnesses.refused(server, "a.test", start));
    CHECK_FALSE(witnesses.refused(other, "b.test", start));
    CHECK(witnesses.refused(server, "b.test", start));
}

TEST_CASE("afterwards it takes two again") {
    EdnsWitnesses witnesses;
    CHECK_FALSE(witnesses.refused(server, "a.test", start));
    CHECK(witnesses.refused(server, "b.test", start));
    CHECK_FALSE(witnesses.refused(server, "c.test", start));
}

TEST_CASE("a first witness is forgotten after a while, and at once when the server shows EDNS") {
    EdnsWitnesses witnesses;
    CHECK_FALSE(witnesses.refused(server, "a.test", start));
    CHECK_FALSE(witnesses.refused(server, "b.test", start + EdnsWitnesses::witness_memory));
    witnesses.knows(server, start + EdnsWitnesses::witness_memory);
    CHECK_FALSE(witnesses.refused(server, "c.test", start + EdnsWitnesses::witness_memory));
}

TEST_CASE("a server that showed EDNS lately is past doubt, for a time") {
    EdnsWitnesses witnesses;
    witnesses.knows(server, start);
    const auto late = start + EdnsWitnesses::proof_memory;
    for (const char* owner : {"a.test", "b.test", "c.test"}) {
        CHECK_FALSE(witnesses.refused(server, owner, late - std::chrono::seconds(1)));
    }
    CHECK_FALSE(witnesses.refused(server, "a.test", late));
    CHECK(witnesses.refused(server, "b.test", late));
}
