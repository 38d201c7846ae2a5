#include "milter/session/actions.h"

#include <utility>

namespace milter::session {

namespace {

using authenticate::Action;

Reply reply_for(Action action) {
    switch (action) {
    case Action::accept:
    case Action::mark:
    case Action::quarantine:
        return Reply::proceed;
    case Action::tempfail:
        return Reply::tempfail;
    case Action::reject:
        return Reply::reject;
    case Action::discard:
        return Reply::discard;
    }
    return Reply::proceed;
}

} // namespace

Actions tempfail(std::string text) {
    Actions actions;
    actions.reply = Reply::tempfail;
    actions.code = "451";
    actions.enhanced = "4.3.0";
    actions.text = std::move(text);
    return actions;
}

Actions reject(std::string code, std::string enhanced, std::string text) {
    Actions actions;
    actions.reply = Reply::reject;
    actions.code = std::move(code);
    actions.enhanced = std::move(enhanced);
    actions.text = std::move(text);
    return actions;
}

Actions actions_for(const authenticate::Disposition& disposition) {
    Actions actions;
    actions.reply = reply_for(disposition.action);
    if (disposition.reply) {
        actions.code = disposition.reply->code;
        actions.enhanced = disposition.reply->enhanced;
        actions.text = disposition.reply->text;
    }
    if (disposition.action == Action::quarantine) {
        actions.hold_reason = disposition.reason;
    }
    for (const authenticate::AddedField& field : disposition.fields) {
        actions.insertions.push_back({field.name, ' ' + field.value});
    }
    return actions;
}

} // namespace milter::session
