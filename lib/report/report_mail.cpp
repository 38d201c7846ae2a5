#include "report/report_mail.h"

#include "base/ascii.h"
#include "report/mime.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

constexpr std::size_t max_contact_octets = 76;

// Nothing in the parts begins a line with it.
std::string boundary(const Identity& identity) {
    return "report-" + identity.report_id.text();
}

std::string header(const ReportMail& mail) {
    return fmt::format("From: {}\r\n"
                       "To: <{}>\r\n"
                       "Subject: {}\r\n"
                       "Date: {}\r\n"
                       "Message-ID: {}\r\n"
                       "Auto-Submitted: auto-generated\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: multipart/mixed{}\r\n",
                       mailbox(mail.from_name, mail.from), print(mail.to), subject(mail.identity),
                       mail_date(mail.date), message_id(mail.identity),
                       parameter("boundary", boundary(mail.identity)));
}

std::string contact_line(std::string_view contact) {
    std::string shown = clean(base::trim_fws(contact), max_contact_octets);
    std::replace_if(shown.begin(), shown.end(), [](char c) { return !base::is_printable(c); }, '?');
    return shown.empty() ? "" : fmt::format("\r\nQuestions about it:\r\n  {}\r\n", shown);
}

std::string words(const ReportMail& mail) {
    const Identity& identity = mail.identity;
    return fmt::format("This is a DMARC aggregate report (RFC 9990): what the receiver found out\r\n"
                       "about mail that says it is from a domain. It counts messages and holds\r\n"
                       "none. You get it because the domain's DMARC record names this address.\r\n"
                       "\r\n"
                       "Domain:    {}\r\n"
                       "Receiver:  {}\r\n"
                       "From:      {}\r\n"
                       "Until:     {}\r\n"
                       "Report-ID: {}\r\n"
                       "{}",
                       identity.policy_domain.text(), identity.submitter.text(),
                       plain_date(identity.period.begin), plain_date(identity.period.end),
                       identity.report_id.text(), contact_line(mail.contact));
}

std::string attachment_header(const ReportMail& mail) {
    const std::string name = file_name(mail.identity, mail.compressed);
    return fmt::format("Content-Type: {}{}\r\n"
                       "Content-Transfer-Encoding: base64\r\n"
                       "Content-Disposition: attachment{}\r\n",
                       mail.compressed ? "application/gzip" : "text/xml", parameter("name", name),
                       parameter("filename", name));
}

} // namespace

std::string write(const ReportMail& mail) {
    const std::string separator = "--" + boundary(mail.identity);
    std::string text = header(mail) + "\r\n" + separator + "\r\n";
    text += "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
    text += words(mail) + "\r\n" + separator + "\r\n";
    text += attachment_header(mail) + "\r\n";
    text += base64_lines(mail.attachment) + "\r\n" + separator + "--\r\n";
    return text;
}

} // namespace report
