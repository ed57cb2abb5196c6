"""Abstracts in many languages, about what the papers named in them report."""

ENGLISH = (
    "We present a network for image classification whose layers learn residuals with reference to their "
    "inputs. Such networks are easier to optimise, and gain accuracy from a depth of up to 152 layers. On "
    "ImageNet an ensemble of them reaches 3.57% top-5 error, which won the contest of that year."
)

OTHERS = {
    "de": "Wir stellen ein Netz zur Klassifikation von Bildern vor, dessen Schichten Residuen "
    "gegenüber ihren Eingaben lernen. Solche Netze lassen sich leichter optimieren und gewinnen "
    "durch eine Tiefe von bis zu 152 Schichten an Genauigkeit. Auf ImageNet erreicht ein "
    "Ensemble 3,57 % Top-5-Fehler.",
    "fr": "Nous présentons un réseau pour la classification d'images dont les couches apprennent "
    "des résidus par rapport à leurs entrées. De tels réseaux sont plus faciles à optimiser et "
    "gagnent en précision jusqu'à une profondeur de 152 couches. Sur ImageNet, un ensemble "
    "atteint 3,57 % d'erreur top-5.",
    "es": "Presentamos una red para la clasificación de imágenes cuyas capas aprenden residuos con "
    "respecto a sus entradas. Estas redes son más fáciles de optimizar y ganan exactitud con una "
    "profundidad de hasta 152 capas. En ImageNet, un conjunto de ellas alcanza un error top-5 "
    "del 3,57 %.",
    "pt": "Apresentamos uma rede para a classificação de imagens cujas camadas aprendem resíduos "
    "em relação às suas entradas. Essas redes são mais fáceis de otimizar e ganham exatidão com "
    "uma profundidade de até 152 camadas. No ImageNet, um conjunto delas atinge 3,57% de erro "
    "top-5.",
    "it": "Presentiamo una rete per la classificazione di immagini i cui strati apprendono residui "
    "rispetto ai loro ingressi. Queste reti sono più facili da ottimizzare e guadagnano "
    "accuratezza con una profondità fino a 152 strati. Su ImageNet un insieme di esse raggiunge "
    "il 3,57% di errore top-5.",
    "nl": "We stellen een netwerk voor de classificatie van beelden voor, waarvan de lagen "
    "residuen leren ten opzichte van hun invoer. Zulke netwerken zijn makkelijker te "
    "optimaliseren en winnen aan nauwkeurigheid bij een diepte tot 152 lagen. Op ImageNet haalt "
    "een ensemble 3,57% top-5-fout.",
    "sv": "Vi presenterar ett nätverk för klassificering av bilder vars lager lär sig residualer i "
    "förhållande till sina indata. Sådana nätverk är lättare att optimera och vinner noggrannhet "
    "med ett djup på upp till 152 lager. På ImageNet når en ensemble 3,57 % topp-5-fel.",
    "pl": "Przedstawiamy sieć do klasyfikacji obrazów, której warstwy uczą się reszt względem "
    "swoich wejść. Takie sieci łatwiej optymalizować i zyskują one dokładność dzięki głębokości "
    "do 152 warstw. Na zbiorze ImageNet zespół takich sieci osiąga 3,57% błędu top-5.",
    "tr": "Katmanları girdilerine göre artıkları öğrenen bir görüntü sınıflandırma ağı sunuyoruz. "
    "Bu tür ağların eniyilenmesi daha kolaydır ve 152 katmana varan derinlikle doğrulukları "
    "artar. ImageNet üzerinde bu ağlardan oluşan bir topluluk yüzde 3,57 ilk beş hatasına "
    "ulaşmaktadır.",
    "id": "Kami menyajikan sebuah jaringan untuk klasifikasi citra yang lapisan-lapisannya "
    "mempelajari residu terhadap masukannya. Jaringan seperti ini lebih mudah dioptimalkan dan "
    "akurasinya meningkat dengan kedalaman hingga 152 lapisan. Pada ImageNet, gabungan jaringan "
    "ini mencapai galat top-5 sebesar 3,57%.",
    "vi": "Chúng tôi trình bày một mạng phân loại ảnh trong đó các lớp học phần dư so với đầu vào "
    "của chúng. Những mạng như vậy dễ tối ưu hơn và đạt độ chính xác cao hơn với độ sâu lên đến "
    "152 lớp. Trên ImageNet, một tập hợp các mạng này đạt lỗi top-5 là 3,57%.",
    "ru": "Мы представляем сеть для классификации изображений, слои которой обучаются остаткам "
    "относительно своих входов. Такие сети легче оптимизировать, и их точность растёт с глубиной "
    "до 152 слоёв. На ImageNet ансамбль таких сетей достигает ошибки top-5 в 3,57%.",
    "uk": "Ми пропонуємо мережу для класифікації зображень, шари якої вивчають залишки відносно "
    "своїх входів. Такі мережі легше оптимізувати, і їхня точність зростає з глибиною до 152 "
    "шарів. На ImageNet ансамбль таких мереж досягає похибки top-5 у 3,57%.",
    "zh": "我们提出了一种用于图像分类的网络，其各层学习相对于输入的残差，而不是直接学习目标函数。实"
    "验表明，这样的网络更容易优化，并且可以从大幅增加的深度中获得更高的准确率，最深达到152层，而"
    "复杂度仍低于以往的网络。在ImageNet测试集上，由这些网络组成的集成模型取得了3.57%的前五错误率"
    "，获得了当年分类竞赛的第一名。",
    "ja": "本論文では、各層が入力に対する残差を学習する画像分類のためのネットワークを提案する。この"
    "ようなネットワークは最適化が容易であり、最大152層という深さによって精度が向上する。ImageNet"
    "において、これらのアンサンブルは上位5位誤り率3.57%を達成し、その年の競技会で優勝した。",
    "ko": "우리는 각 층이 입력에 대한 잔차를 학습하는 이미지 분류 네트워크를 제안한다. 이러한 "
    "네트워크는 최적화하기 쉬우며 최대 152개 층의 깊이에서 정확도가 향상된다. ImageNet에서 "
    "이들의 앙상블은 3.57%의 상위 5개 오류율을 달성하여 그해 대회에서 우승하였다. 또한 물체 검출 "
    "작업에서도 큰 성능 향상을 확인하였다.",
    "ar": "نقدم شبكة لتصنيف الصور تتعلم طبقاتها البواقي بالنسبة إلى مدخلاتها. هذه الشبكات أسهل في "
    "التحسين وتزداد دقتها مع عمق يصل إلى 152 طبقة. وعلى مجموعة بيانات ImageNet تحقق مجموعة من "
    "هذه الشبكات نسبة خطأ قدرها 3.57% ضمن أفضل خمسة تصنيفات.",
    "fa": "ما شبکه‌ای برای دسته‌بندی تصاویر ارائه می‌کنیم که لایه‌های آن باقیمانده‌ها را نسبت به ورودی "
    "خود یاد می‌گیرند. بهینه‌سازی چنین شبکه‌هایی آسان‌تر است و دقت آن‌ها با عمقی تا ۱۵۲ لایه افزایش "
    "می‌یابد. در ImageNet مجموعه‌ای از این شبکه‌ها به خطای ۳٫۵۷ درصد می‌رسد.",
}
