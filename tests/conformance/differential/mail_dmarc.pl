#!/usr/bin/perl
# Mail::DMARC for the differential tests: one JSON object a line in, one out. The job names the public suffix list.
use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Mail::DMARC::PurePerl;
use Table;

$SIG{__WARN__} = sub { };    # it warns of every record that it does not like

sub judge {
    my ($job, $case) = @_;
    my $dmarc = Mail::DMARC::PurePerl->new;
    $dmarc->{config} = { dns => { public_suffix_list => $job->{suffixes} }, report_store => { auto_save => 0 } };
    $dmarc->set_resolver(Table->new($job->{zone}));
    $dmarc->header_from($case->{author});
    $dmarc->spf([{ domain => $case->{spf} || 'none.invalid', scope => 'mfrom', result => $case->{spf} ? 'pass' : 'none' }]);
    $dmarc->dkim([map { { domain => $_, selector => 's', result => 'pass' } } @{ $case->{dkim} }]);
    my $result = eval { $dmarc->validate } or return { result => 'died', problem => "$@" };
    my $reasons = $result->reason;
    return {
        result  => $result->result,
        policy  => lc($result->disposition // ''),
        spf     => ($result->spf  || '') eq 'pass' ? 'yes' : 'no',
        dkim    => ($result->dkim || '') eq 'pass' ? 'yes' : 'no',
        problem => join(', ', map { $_->comment || $_->type } ref $reasons eq 'ARRAY' ? @$reasons : ()),
    };
}

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    print encode_json({ results => [map { judge($job, $_) } @{ $job->{cases} }] }), "\n";
}
