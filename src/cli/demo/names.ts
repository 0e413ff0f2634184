/** Given and family names that go together. Given names are split by the gender that most of their bearers have. */
export interface NamePool {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
}

function pool(female: string, male: string, family: string): NamePool {
  const words = (list: string) => list.split(",").map((word) => word.trim());
  return { female: words(female), male: words(male), family: words(family) };
}

/** Common names by where they are common; the people of a city come mostly, not only, from its own pools. */
export const NAME_POOLS = {
  english: pool(
    "Olivia, Emma, Charlotte, Grace, Amelia, Hannah, Sophie, Eleanor, Abigail, Ruby, Georgia, Alice",
    "James, William, Oliver, Henry, Jack, Thomas, Samuel, Daniel, Ethan, Harry, Lewis, Nathan",
    "Smith, Jones, Taylor, Brown, Wilson, Clark, Walker, Hall, Wright, Green, Baker, Carter, Mitchell, Turner, Parker, Cooper",
  ),
  irish: pool(
    "Aoife, Niamh, Ciara, Saoirse, Orla, Sinéad, Róisín, Maeve",
    "Conor, Cian, Oisín, Declan, Eoin, Pádraig, Seán, Fionn",
    "Murphy, Kelly, O'Brien, Byrne, Ryan, O'Connor, Walsh, Doyle, Gallagher, Kennedy, Lynch, Quinn",
  ),
  dutch: pool(
    "Sanne, Femke, Lotte, Anouk, Maud, Fleur, Iris, Roos, Marieke, Esmée",
    "Daan, Sem, Bram, Thijs, Lars, Jeroen, Ruben, Sander, Joost, Maarten",
    "de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Visser, Smit, Meijer, de Boer, Mulder, Bos, Vos, Hendriks",
  ),
  german: pool(
    "Lena, Anna, Marie, Katharina, Johanna, Greta, Clara, Sabine, Frieda, Jana",
    "Lukas, Felix, Jonas, Maximilian, Paul, Matthias, Stefan, Tobias, Moritz, Jürgen",
    "Müller, Schmidt, Schneider, Fischer, Weber, Wagner, Becker, Hoffmann, Schäfer, Koch, Richter, Klein, Wolf, Neumann, Krüger",
  ),
  nordic: pool(
    "Astrid, Freja, Ingrid, Linnea, Maja, Signe, Elsa, Tuva, Aino, Solveig",
    "Erik, Lars, Anders, Magnus, Oskar, Nils, Søren, Mikkel, Eero, Bjørn",
    "Andersson, Johansson, Nilsson, Hansen, Larsen, Olsen, Berg, Lindqvist, Virtanen, Nieminen, Sørensen, Dahl, Lund",
  ),
  french: pool(
    "Camille, Léa, Manon, Chloé, Juliette, Inès, Margaux, Élodie, Hélène, Noémie",
    "Louis, Hugo, Théo, Antoine, Julien, Mathieu, Rémi, Étienne, Gabriel, Bastien",
    "Martin, Bernard, Dubois, Laurent, Moreau, Lefebvre, Roux, Fournier, Girard, Mercier, Blanc, Chevalier, Gauthier, Tremblay",
  ),
  italian: pool(
    "Giulia, Chiara, Francesca, Martina, Elisa, Federica, Alessia, Ilaria",
    "Marco, Luca, Matteo, Andrea, Davide, Lorenzo, Giovanni, Simone",
    "Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Conti, De Luca",
  ),
  spanish: pool(
    "Lucía, Carmen, Paula, Elena, Marta, Sofía, Valentina, Camila, Ximena, Rocío",
    "Alejandro, Pablo, Javier, Diego, Sergio, Mateo, Andrés, Ignacio, Rodrigo, Joaquín",
    "García, Fernández, González, Rodríguez, López, Martínez, Sánchez, Pérez, Gómez, Ruiz, Torres, Ramírez, Vargas, Castillo, Núñez",
  ),
  portuguese: pool(
    "Maria, Beatriz, Inês, Mariana, Carolina, Leonor, Fernanda, Larissa, Juliana, Letícia, Catarina, Camila",
    "João, Tiago, Diogo, Rafael, Gustavo, Thiago, Pedro, Vinícius, Rui, Felipe, Caio, Nuno",
    "Silva, Santos, Oliveira, Souza, Pereira, Ferreira, Costa, Rodrigues, Almeida, Nascimento, Carvalho, Araújo, Ribeiro, Gonçalves, Teixeira, Rocha",
  ),
  slavic: pool(
    "Zofia, Agnieszka, Katarzyna, Małgorzata, Olena, Kateryna, Milena, Jelena, Tereza, Petra, Anastasia, Daria",
    "Jakub, Piotr, Tomasz, Wojciech, Andriy, Dmytro, Nikola, Marko, Ondřej, Tomáš, Mikhail, Paweł",
    "Nowak, Kowalski, Wiśniewski, Zieliński, Lewandowski, Shevchenko, Kovalenko, Bondarenko, Petrović, Jovanović, Novák, Dvořák, Černý, Horvat, Volkov",
  ),
  turkish: pool(
    "Elif, Zeynep, Ayşe, Merve, Defne, Selin, Ebru, Gizem",
    "Emre, Mehmet, Can, Kerem, Burak, Ozan, Çağrı, Umut",
    "Yılmaz, Kaya, Demir, Çelik, Şahin, Yıldız, Öztürk, Aydın, Arslan, Doğan, Koç, Aksoy",
  ),
  arabic: pool(
    "Layla, Yasmin, Nour, Fatima, Salma, Amina, Hala, Rania, Dina, Mariam",
    "Omar, Youssef, Karim, Khaled, Hassan, Tariq, Ali, Samir, Rami, Ziad",
    "Haddad, Khalil, Mansour, Nasser, Saleh, Farouk, El-Sayed, Benali, Hamdan, Aziz, Rahman, Darwish, Khoury, Mahmoud",
  ),
  persian: pool(
    "Shirin, Parisa, Nasrin, Leila, Mahsa, Roxana",
    "Dariush, Reza, Kaveh, Arash, Farhad, Navid",
    "Ahmadi, Hosseini, Karimi, Moradi, Tehrani, Rostami, Sadeghi, Farahani",
  ),
  indian: pool(
    "Priya, Ananya, Aishwarya, Deepika, Kavya, Meera, Nisha, Pooja, Shreya, Lakshmi, Divya, Ishita",
    "Arjun, Rahul, Vikram, Aditya, Rohan, Karthik, Sanjay, Nikhil, Suresh, Manish, Harish, Imran",
    "Sharma, Patel, Singh, Kumar, Gupta, Iyer, Nair, Reddy, Mehta, Rao, Banerjee, Desai, Joshi, Menon, Chatterjee, Kapoor, Khan, Krishnan",
  ),
  chinese: pool(
    "Li Wei, Mei Ling, Xiu Ying, Jia Hui, Hui Min, Yan, Xin Yi, Fang, Jing, Shu Fen",
    "Wei, Jun, Ming, Hao, Jian Hong, Zhi Hao, Kai, Wei Jie, Cheng, Yong",
    "Wang, Li, Zhang, Liu, Chen, Yang, Huang, Zhao, Wu, Zhou, Tan, Lim, Ng, Goh, Ong, Chua, Lau, Wong",
  ),
  japanese: pool(
    "Yuki, Haruka, Sakura, Aiko, Emi, Naomi, Keiko, Mio",
    "Haruto, Kenji, Takashi, Ren, Daiki, Satoshi, Hiroshi, Yuto",
    "Sato, Suzuki, Takahashi, Tanaka, Watanabe, Ito, Yamamoto, Nakamura, Kobayashi, Kato, Yoshida, Mori",
  ),
  korean: pool(
    "Ji-woo, Seo-yeon, Min-seo, Ha-eun, Su-bin, Ye-jin",
    "Min-jun, Seo-jun, Ji-ho, Hyun-woo, Dong-hyun, Tae-yang",
    "Kim, Lee, Park, Choi, Jung, Kang, Cho, Yoon, Jang, Lim, Han, Shin",
  ),
  vietnamese: pool(
    "Linh, Huong, Thao, Ngoc, Trang, Lan",
    "Minh, Tuan, Duc, Hieu, Quang, Long",
    "Nguyen, Tran, Le, Pham, Hoang, Phan, Vu, Dang, Bui, Do",
  ),
  malay: pool(
    "Siti, Aisyah, Nurul, Farah, Putri, Dewi, Ayu, Maya",
    "Ahmad, Faisal, Hafiz, Rizal, Budi, Agus, Adi, Bayu",
    "Abdullah, Ismail, Hamid, Yusof, Santoso, Wijaya, Hidayat, Pratama, Setiawan, Ibrahim",
  ),
  eastAfrican: pool(
    "Wanjiru, Achieng, Njeri, Akinyi, Wambui, Amani, Zawadi, Faith, Mercy, Neema",
    "Kamau, Otieno, Mwangi, Kiprono, Juma, Baraka, Brian, Kevin, Dennis, Hamisi",
    "Kimani, Odhiambo, Njoroge, Ochieng, Kariuki, Mutua, Wanyama, Cheruiyot, Kiplagat, Maina, Omondi, Musyoka, Tesfaye, Bekele",
  ),
  westAfrican: pool(
    "Chioma, Ngozi, Adaeze, Folake, Temitope, Ama, Efua, Abena, Aminata, Fatoumata",
    "Chukwuemeka, Oluwaseun, Tunde, Emeka, Kwame, Kofi, Kwabena, Ifeanyi, Mamadou, Ousmane",
    "Okafor, Adeyemi, Okonkwo, Balogun, Eze, Mensah, Owusu, Boateng, Asante, Diallo, Traoré, Ndiaye, Nwosu, Adebayo",
  ),
  hebrew: pool(
    "Noa, Tamar, Shira, Yael, Talia, Michal",
    "Noam, Itai, Ariel, Eitan, Yonatan, Amir",
    "Cohen, Levi, Mizrahi, Peretz, Friedman, Katz, Shapiro, Biton, Azoulay, Ben-David",
  ),
} as const satisfies Readonly<Record<string, NamePool>>;

/** Name of a pool. */
export type NamePoolName = keyof typeof NAME_POOLS;
