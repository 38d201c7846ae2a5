# What Perl's libraries show of messages: a JSON list of texts in, a list of what is shown out.
use strict;
use warnings;

use Email::MIME;
use JSON::PP;
use Mail::Internet;

my @shown_fields = qw(From To Cc Reply-To Subject);

sub line { my ($value) = @_; $value //= ''; $value =~ s/\s+$//; return $value; }

sub show {
    my ($text) = @_;
    $text =~ s/\r\n/\n/g;
    my @lines = map { "$_\n" } split /\n/, $text, -1;
    my $internet = Mail::Internet->new(\@lines);
    my $mime = Email::MIME->new($text);
    my $body = eval { $mime->body } // "error: $@";
    return [
        map({ line(scalar $internet->get($_)) } @shown_fields),
        map({ line(scalar $mime->header($_)) } @shown_fields),
        line($mime->content_type),
        line(scalar $mime->header('Content-Disposition')),
        $body,
        scalar($mime->subparts),
    ];
}

local $/;
print encode_json([map { show($_) } @{ decode_json(<STDIN>) }]);
