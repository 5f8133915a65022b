-- Something to browse, unless there is.

insert into course (code, title, lecturer, description, seats)
select * from (values
	('ARCH-110', 'Drawing What Is There', 'Imogen Vale', 'Measured drawing of the old mill, by hand, in all weathers.', 18),
	('ASTR-201', 'Stars Without a Telescope', 'Teodor Lindqvist', 'The sky as sailors and farmers read it. Meets at night.', 30),
	('BIOL-140', 'Life in Running Water', 'Amara Okafor', 'From mayfly to otter: one river, one year, one field book.', 24),
	('CHEM-105', 'Kitchen Chemistry', 'Jun Watanabe', 'Acids, foams and fermentation, with the evidence served after class.', 16),
	('COMP-230', 'Queues and How to Survive Them', 'Margarethe Stein', 'Waiting lines at counters, on roads and in computers.', 60),
	('ECON-115', 'Fair Division', 'Rafael Ibarra', 'Cakes, rents and rivers: who gets what, and who thinks it just.', 40),
	('HIST-180', 'The Village and the Wheel', 'Eilidh Munro', 'Eight centuries of water mills, and who was allowed to grind.', 36),
	('LANG-101', 'Italian for Beginners', 'Chiara Bellini', 'Two hundred words, then straight to the market.', 20),
	('MATH-160', 'Counting Without Counting', 'Samir Haddad', 'Combinatorics from handshakes to the pigeonhole.', 48),
	('MUSI-120', 'Choir: No Audition', 'Branwen Price', 'Everyone who comes sings. Concert on the last day of term.', 80),
	('PHIL-210', 'Promises', 'Noor Rahimi', 'What one binds oneself to by saying so, from Hume to handshake deals.', 25),
	('PHYS-150', 'Water, Weight and Work', 'Anselm Kofi Boateng', 'Energy from falling water, measured in the millrace behind the house.', 12)
) as seed (code, title, lecturer, description, seats)
where not exists (select 1 from course);
