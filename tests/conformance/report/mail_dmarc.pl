# Reads report mails with Mail::DMARC and prints, one line of JSON a mail, what it found. It knows the older form of
# RFC 7489, in which the elements had no namespace, so that ours is taken away first.
use strict;
use warnings;
use Email::Simple;
use JSON::PP;
use Mail::DMARC::Report::Receive;

my $json = JSON::PP->new->canonical->utf8;

{
    no warnings qw(redefine once);
    my $handle_body = \&Mail::DMARC::Report::Receive::handle_body;
    *Mail::DMARC::Report::Receive::handle_body = sub {
        my ($self, $body) = @_;
        $body =~ s/ xmlns="urn:ietf:params:xml:ns:dmarc-2\.0"// or die "no namespace\n";
        return $handle_body->($self, $body);
    };
    # Nothing is kept.
    *Mail::DMARC::Report::save_aggregate = sub { return 1 };
}

sub record {
    my ($record) = @_;
    my $evaluated = $record->row->policy_evaluated;
    my $spf = $record->auth_results->spf->[0];
    return {
        source_ip => $record->row->source_ip,
        count => 0 + $record->row->count,
        disposition => $evaluated->disposition,
        dkim_aligned => $evaluated->dkim,
        spf_aligned => $evaluated->spf,
        header_from => $record->identifiers->header_from,
        envelope_from => $record->identifiers->envelope_from // '',
        reasons => scalar @{ $evaluated->reason || [] },
        dkim => [ map { [ $_->domain, $_->selector, $_->result ] } @{ $record->auth_results->dkim || [] } ],
        spf => [ $spf->domain, $spf->result ],
    };
}

for my $file (@ARGV) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    my $receive = Mail::DMARC::Report::Receive->new;
    {
        open my $silence, '>', '/dev/null' or die;
        my $before = select $silence; # it tells of its progress
        $receive->from_email_simple(Email::Simple->new($text));
        select $before;
    }
    my $report = $receive->report->aggregate;
    print $json->encode({
        domain => $report->policy_published->domain,
        p => $report->policy_published->p,
        sp => $report->policy_published->sp,
        report_id => $report->metadata->report_id,
        submitter => $receive->{_envelope_to},
        records => [ map { record($_) } @{ $report->record } ],
    }), "\n";
}
