// The lists that say which fields a signature covers, as an operator writes them: in OpenDKIM's notation
// (SignHeaders, OmitHeaders, OversignHeaders).
//
//     from, subject      these, in place of the built-in list
//     *, +x-note, -date  the built-in list with X-Note and without Date
//     (empty)            none
#pragma once

#include "dkim/sign.h"

#include <string>
#include <string_view>
#include <vector>

namespace dkim {

using FieldList = std::vector<std::string>;

struct FieldLists {
    FieldList signed_fields{"*"};
    FieldList oversigned_fields{"*"};
    FieldList oversigned_if_present{"*"};
    FieldList omitted_fields{}; // in none of the others, whatever they say
};

// What `*` stands for in omitted_fields: RFC 6376 5.4.1 and what OpenDKIM omits.
[[nodiscard]] const FieldList& default_omitted_fields();

// Whether it changes the built-in list.
[[nodiscard]] bool is_delta(const FieldList& list);
// The field that an entry names, without its sign; empty for `*`.
[[nodiscard]] std::string_view named_by(std::string_view entry);
// Whether it takes a name out.
[[nodiscard]] bool takes_out(std::string_view entry);

// Sets the three lists of `options`, for which From can never be taken out.
void choose_fields(const FieldLists& lists, SignOptions& options);

// The same for mail to a mailing list: Reply-To and Cc, which lists add, may be added where there is none.
void spare_lists(SignOptions& options);

// What a built-in list protects and these do not.
struct Gaps {
    FieldList addable;        // one may be added, or one more
    FieldList unsigned_names; // may be changed or removed as well
};
[[nodiscard]] Gaps find_gaps(const SignOptions& options);

} // namespace dkim
