# name: () => {   becomes   name: function() {
s/^    \([a-z_0-9]*\): () => {$/    \1: function() {/
# name: () => value,   becomes   name: function() { return value; },   on one line or two
/^    [a-z_0-9]*: () =>$/{
N
s/\n */ /
}
s/^    \([a-z_0-9]*\): () => \(.*\),$/    \1: function() { return \2; },/
