#include "authenticate/role_mailbox.h"

#include "support/catch.h"

TEST_CASE("postmaster and abuse, of any domain and none") {
    using authenticate::is_role_mailbox;
    CHECK(is_role_mailbox("<postmaster@example.org>"));
    CHECK(is_role_mailbox("<ABUSE@example.org>"));
    CHECK(is_role_mailbox("<Postmaster>"));
    CHECK(is_role_mailbox("abuse@example.org"));
    CHECK_FALSE(is_role_mailbox("<postmaster2@example.org>"));
    CHECK_FALSE(is_role_mailbox("<bob@postmaster>"));
    CHECK_FALSE(is_role_mailbox("<postmaster@evil.test@example.org>"));
    CHECK_FALSE(is_role_mailbox("<>"));
    CHECK_FALSE(is_role_mailbox(""));
}
