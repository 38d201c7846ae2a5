#!/usr/bin/perl
# Mail::AuthenticationResults for the differential tests: one JSON object a line in, one out.
use strict;
use warnings;

use JSON::PP;
use MIME::Base64;
use Mail::AuthenticationResults::Parser;

sub entry {
    my ($entry) = @_;
    my (@properties, $reason);
    for my $child (@{ $entry->children }) {
        next if !$child->isa('Mail::AuthenticationResults::Header::SubEntry');
        if ($child->key eq 'reason') {
            $reason = $child->value;
            next;
        }
        push @properties, [split(/\./, $child->key, 2), $child->value];
    }
    return { method => $entry->key, result => $entry->value, reason => $reason // '', properties => \@properties };
}

sub parse {
    my ($field) = @_;
    my $header = eval { Mail::AuthenticationResults::Parser->new->parse($field) } or return { problem => "$@" };
    my @entries = grep { $_->isa('Mail::AuthenticationResults::Header::Entry') } @{ $header->children };
    return { id => $header->value->value, results => [map { entry($_) } @entries] };
}

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    print encode_json({ results => [map { parse(decode_base64($_)) } @{ $job->{cases} }] }), "\n";
}
