import type { Dictionary } from '../say';

/** Slides of which it is not known which they are. */
export const MATCHING: Dictionary = {
  'To be matched': '待匹配',
  'To be matched ({count})': '待匹配（{count}）',
  'Every slide is matched.': '所有切片均已匹配。',
  'Data Matrix on the label': '标签上的 Data Matrix 码',
  'QR code on the label': '标签上的二维码',
  'Barcode on the label': '标签上的条形码',
  'Barcode the scanner read': '扫描仪读取的条码',
  'Accession the scanner was told': '扫描仪收到的病理号',
  'A person, before': '此前人工确认',
  'The case it was put in': '所在病例',
  'Ordered': '申请单',
  'These do not name the same slide.': '这些信息指向的不是同一张切片。',
  'Nothing on the label can be read, and no case was given.': '标签上没有可读内容，也没有指定病例。',
  'There is no label to read, and no case was given.': '切片没有可读取的标签，也没有指定病例。',
  'The label': '标签',
  'no barcode on it could be read': '无法读取其上的条码',
  'No barcode on the label could be read.': '无法读取标签上的条码。',
  'Read on the label: {text}': '标签上读取的内容：{text}',
  'No order and no case is known by what the label says.': '没有与标签内容对应的申请单或病例。',
  'The label of the slide': '切片标签',
  'Accession': '病理号',
  'Part': '部位',
  'Block': '蜡块',
  'Stain': '染色',
  'This is the slide': '确认切片身份',
  'Label, scanner and laboratory do not name the same slide. A pathologist or the laboratory says which it is, under “To be matched”; until then it is not analysed.':
    '标签、扫描仪和实验室指向的不是同一张切片。请由病理医生或实验室在“待匹配”中确认其身份，在此之前不进行分析。',
  'Nothing tells which case the slide belongs to. It is analysed once its order comes, or a person says under “To be matched” which slide it is.':
    '无法确定该切片属于哪个病例。收到申请单，或有人在“待匹配”中确认切片身份后，才会进行分析。',
};
