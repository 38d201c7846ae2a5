#!/usr/bin/perl
# Mail::Address and Email::Address::XS for the differential tests: the addresses of a From body, one JSON object a line in,
# one out.
use strict;
use warnings;

use Email::Address::XS;
use JSON::PP;
use MIME::Base64;
use Mail::Address;

$SIG{__WARN__} = sub { };    # it warns of every address that it does not like

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    my @results;
    for my $body (@{ $job->{cases} }) {
        my $text = decode_base64($body);
        my @addresses = eval { Mail::Address->parse($text) };
        my @others = eval { Email::Address::XS->parse($text) };
        push @results, {
            'Mail::Address' => [map { encode_base64($_->address // '', '') } @addresses],
            'Email::Address::XS' => [map { encode_base64($_->address // '', '') } @others],
        };
    }
    print encode_json({ results => \@results }), "\n";
}
