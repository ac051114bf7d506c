-- Which host is about to tell, so that what one that died had taken need not wait until its claim runs out.
alter table telling add column claimed_by text;
