#!/usr/bin/perl
# Mail::Address for the differential tests: the domains of a From body, one JSON object a line in, one out.
use strict;
use warnings;

use JSON::PP;
use MIME::Base64;
use Mail::Address;

$SIG{__WARN__} = sub { };    # it warns of every address that it does not like

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    my @results;
    for my $body (@{ $job->{cases} }) {
        my @addresses = eval { Mail::Address->parse(decode_base64($body)) };
        push @results, { domains => [map { encode_base64(lc($_->host // ''), '') } @addresses] };
    }
    print encode_json({ results => \@results }), "\n";
}
