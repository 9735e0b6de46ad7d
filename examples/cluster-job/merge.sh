#!/bin/bash
exec brainscore merge out --expect 2 --to json:all.json --to html:all.html
