#include "message/address_text.h"

#include "base/ascii.h"

#include <cstddef>

namespace message {

namespace {

bool is_fws(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

// Follows the text only as far as it takes to tell one address from the next.
class Follower {
  public:
    explicit Follower(std::string_view body) : body_(body) {}

    AddressText follow() {
        for (at_ = 0; at_ < body_.size(); ++at_) {
            if (body_[at_] == '\\' && (quoted_ || comments_ > 0)) {
                ++at_;
            } else {
                take(body_[at_]);
            }
        }
        end_address();
        return text_;
    }

  private:
    [[nodiscard]] bool blank_before() const { return at_ > 0 && is_fws(body_[at_ - 1]); }
    [[nodiscard]] bool blank_behind() const { return at_ + 1 < body_.size() && is_fws(body_[at_ + 1]); }
    void relaid_if(bool is_so) { text_.is_relaid = text_.is_relaid || is_so; }

    void take(char c) {
        if (quoted_) {
            quoted_ = c != '"';
        } else if (c == '(') {
            relaid_if(comments_ == 0 && has_text_ && !blank_before());
            ++comments_;
        } else if (comments_ > 0) {
            comments_ -= c == ')' ? 1 : 0;
        } else if (c == '"') {
            quoted_ = has_text_ = true;
        } else if (in_brackets_) {
            take_inside(c);
        } else {
            take_outside(c);
        }
    }

    void take_inside(char c) {
        relaid_if(is_fws(c) || (c == '@' && body_[at_ - 1] == '<'));
        has_domain_ = has_domain_ || c == '@';
        in_brackets_ = c != '>';
    }

    void take_outside(char c) {
        switch (c) {
        case '<':
            relaid_if(has_dot_ && !has_domain_);
            in_brackets_ = has_text_ = true;
            break;
        case ',':
            relaid_if(blank_before() || !blank_behind());
            end_address();
            break;
        case ';':
            end_address();
            break;
        case ':': // the name of a group ends
            has_text_ = has_dot_ = false;
            break;
        default:
            relaid_if(c == '@' && (blank_before() || blank_behind()));
            has_domain_ = has_domain_ || c == '@';
            has_dot_ = has_dot_ || c == '.';
            has_text_ = has_text_ || !is_fws(c);
        }
    }

    void end_address() {
        text_.is_incomplete = text_.is_incomplete || (has_text_ && !has_domain_);
        has_text_ = has_domain_ = has_dot_ = false;
    }

    std::string_view body_;
    std::size_t at_ = 0;
    AddressText text_;
    bool quoted_ = false;
    bool in_brackets_ = false;
    std::size_t comments_ = 0;
    bool has_text_ = false; // of the address under way, as are the others
    bool has_domain_ = false;
    bool has_dot_ = false;
};

} // namespace

AddressText read_address_text(std::string_view body) {
    return Follower(body).follow();
}

} // namespace message
