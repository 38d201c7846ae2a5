#!/usr/bin/perl
# Mail::SPF for the differential tests: one JSON object a line in, one out.
use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Mail::SPF;
use Table;

my $longest = 10;    # seconds, for one envelope

sub judge {
    my ($server, $case) = @_;
    my $null_sender = $case->{mailfrom} eq '';
    my $result = eval {
        local $SIG{ALRM} = sub { die "does not end\n" };
        alarm $longest;
        my $request = Mail::SPF::Request->new(
            versions      => [1],
            scope         => $null_sender ? 'helo' : 'mfrom',
            identity      => $null_sender ? $case->{helo} : $case->{mailfrom},
            ip_address    => $case->{ip},
            helo_identity => $case->{helo},
        );
        my $processed = $server->process($request);
        alarm 0;
        $processed;
    };
    alarm 0;
    return { result => 'died', explanation => '', problem => "$@" } if !$result;
    my $explanation = $result->can('authority_explanation') ? eval { $result->authority_explanation } : undef;
    return {
        result      => $result->code,
        explanation => defined $explanation ? "$explanation" : '',
        problem     => $result->text . '',
    };
}

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    my $server = Mail::SPF::Server->new(
        dns_resolver                  => Table->new($job->{zone}),
        hostname                      => 'mx.receiver.example',
        query_rr_types                => Mail::SPF::Server->query_rr_type_txt,
        max_void_dns_lookups          => 2,
        default_authority_explanation => '',
    );
    print encode_json({ results => [map { judge($server, $_) } @{ $job->{cases} }] }), "\n";
}
